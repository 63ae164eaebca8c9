import type { Effects } from "../../effects/mod.ts";
import { messageOf } from "../../errors/mod.ts";
import { hex } from "../../formats/bytes.ts";
import { outputFolder } from "../../formats/path.ts";
import { lower } from "../../formats/text.ts";
import { type LiveGate, openLiveGate } from "../../gate/live_gate.ts";
import { type DecisionRecords, openRecords } from "../../gate/open.ts";
import type { GateOptions } from "../../gate/options.ts";
import { recoveredWarnings } from "../../gate/trace/recover.ts";
import { jobStop } from "../job_stop.ts";
import { isToolName } from "./catalog/catalog.ts";
import { otherServersWarning } from "./decision/named_servers.ts";
import { couldPass } from "./decision/could_pass.ts";
import { type Decider, makeDecider } from "./decision/decider.ts";
import type { Mappings } from "./decision/mapping.ts";
import { type OpenCallLog, openCallLog } from "./evidence/call_log.ts";
import { pendingCalls, type PendingLimits } from "./evidence/pending_calls.ts";
import { type LeftSession, sealLeftSessions } from "./evidence/recover.ts";
import { type SealContext, type SealedSession, sealSession, SESSIONS, TRACES } from "./evidence/seal.ts";
import type { GatewayHooks } from "./hooks.ts";
import { makeReclaimer } from "./reclaim.ts";
import { RelayState } from "./relay/state.ts";
import type { After, RelayOptions, Upstream } from "./relay/types.ts";

/** How a gateway is set up. */
export interface GatewayOptions {
  readonly gate: GateOptions;
  /** The name of the server in tool names of intents. */
  readonly server: string;
  /** The id of the server in a trust snapshot; empty for its name. */
  readonly serverId: string;
  readonly identity: string;
  readonly workspace: string;
  /** The session of the intents; empty for none. */
  readonly sessionId: string;
  readonly mappings: Mappings;
  readonly jobRoot: string;
  /** The folder of the evidence. */
  readonly folder: string;
  /** Leave out of lists what the policy blocks whatever the arguments. */
  readonly hideBlocked: boolean;
  /** How long calls are kept that nobody approved. */
  readonly pending: PendingLimits;
  readonly relay: Omit<RelayOptions, "shared">;
}

/** Effects for a gateway. */
export type GatewayEffects =
  & Pick<
    Effects,
    "files" | "journals" | "env" | "now" | "random" | "os" | "arch" | "runChild" | "longRun"
  >
  & { readonly after: After };

/** A gateway that is ready to relay. */
export interface Gateway {
  readonly warnings: readonly string[];
  /** What was sealed so far. */
  readonly sealed: readonly SealedSession[];
  /** Begin a session; it leaves no trace until it decides something. */
  newSession(upstream: Upstream, how: { readonly shared: boolean }): GatewaySession;
  /** Make all records durable in their own files. */
  close(): Promise<void>;
}

/** One session: what it knows, and its log. */
export interface GatewaySession {
  readonly state: RelayState;
  readonly log: OpenCallLog;
}

/**
 * Open a gateway (docs/spec/mcp.md 10). All errors of its options are found here, before any server is started.
 *
 * @throws {GaitError} as {@linkcode openLiveGate} and {@linkcode openRecords} do
 */
export async function openGateway(
  options: GatewayOptions,
  hooks: GatewayHooks,
  effects: GatewayEffects,
  version: string,
  notify: (text: string) => void,
): Promise<Gateway> {
  const { files, now } = effects;
  const folder = outputFolder(options.folder);
  const live: LiveGate = await openLiveGate(options.gate, effects, version, { defaultMayPass: true });
  const records: DecisionRecords = await openRecords(`${folder}/${TRACES}`, live.gate, effects);
  await files.makeFolder(`${folder}/${SESSIONS}`);
  const journals = await effects.journals();
  const { os, arch } = effects;
  const sealing: SealContext = { key: live.gate.key, folder, files, os, arch, producer: version };
  // Not waited for: a long session that was left must not keep a client waiting.
  const trusted = live.devKey ? undefined : { source: "flag", key: live.gate.key.public } as const;
  const recovering = sealLeftSessions({ ...sealing, trusted }, journals, (left) => notify(leftNote(left)))
    .catch((error) => notify(messageOf(error)));
  const sealed: SealedSession[] = [];
  const reclaimer = makeReclaimer(await effects.longRun(), effects.after);
  const reclaiming: Pick<DecisionRecords, "record"> = {
    record(decision) {
      reclaimer.decided();
      return records.record(decision);
    },
  };
  const pending = pendingCalls(folder, options.pending, { files, now, notify });
  const clearing = pending.clear();
  const decider: Decider = makeDecider(live, reclaiming, options, {
    files,
    now,
    checkStop: jobStop(options.jobRoot, effects),
    pending,
  });
  return {
    warnings: [
      ...live.warnings,
      ...[otherServersWarning(live.policy(), options.server)].filter((one) => one !== undefined),
      ...recoveredWarnings(records.recovered),
    ],
    sealed,
    newSession(upstream, { shared }) {
      const session = hex(effects.random(8));
      const log = openCallLog({ session, server: options.server, folder }, {
        journals,
        files,
        now,
        notify,
        seal: async (ended) => {
          sealed.push(await sealSession(ended, sealing));
        },
      });
      const state = new RelayState({
        options: { ...options.relay, shared },
        decider,
        hooks,
        log,
        upstream,
        session,
        after: effects.after,
        now,
        couldPass: options.hideBlocked
          ? (tool) => isToolName(tool) && couldPass(live.policy(), `mcp.${options.server}.${lower(tool)}`)
          : undefined,
        notify,
      });
      return { state, log };
    },
    async close() {
      reclaimer.close();
      await recovering;
      await clearing;
      await live.close();
      await records.close();
    },
  };
}

function leftNote(left: LeftSession): string {
  return left.kind === "sealed"
    ? `the session of a gateway that was killed was sealed: ${left.pack}`
    : `${left.log} was not sealed: ${left.problem}`;
}
