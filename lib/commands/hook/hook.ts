import type { Effects } from "../../effects/mod.ts";
import { EXIT, OptionError } from "../../errors/mod.ts";
import { escapeControlsInJson } from "../../formats/controls.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { decide } from "../../gate/decide.ts";
import { loadGate } from "../../gate/load.ts";
import type { GateOptions } from "../../gate/options.ts";
import { APPROVALS_FOLDER } from "../../mcp/approvals/folder.ts";
import { NO_OBJECTION } from "../../mcp/hooks/answer.ts";
import { answerEvent, failureReason, type HookSettings } from "../../mcp/hooks/answer_event.ts";
import { CONTRACTS, type HookClient, type HookContract } from "../../mcp/hooks/clients.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { choice, type Command, defineCommand, type FlagValues, path, text } from "../define.ts";
import { defaultsOf, GATE_FLAG_OF, gateFlags, gateOptions, keepNeeds } from "../gate/flags.ts";
import { negative, type Outcome, success } from "../outcome.ts";
import { line } from "../text.ts";

/** An agent writes whole files in its calls; what is larger than this is no call. */
const MAX_EVENT_BYTES = 1 << 26;

const { simulate: _simulated, config: _config, "no-config": _noConfig, ...setUp } = gateFlags;

/** Flags of the hooks. */
export const hookFlags = {
  ...setUp,
  // No file of the working folder is read unasked: the agent that is held here may write there.
  config: path("file", "project defaults; none are read unless they are named here"),
  "trace-dir": path("folder", "where the signed traces go", { default: "gait-out/traces" }),
  approvals: path("folder", "where people put approval tokens", { default: APPROVALS_FOLDER }),
  "job-root": path("folder", "folder of the jobs whose emergency stops apply", { default: JOB_ROOT }),
  identity: text("name", "who calls (default: the name of the agent)"),
  "risk-class": text("name", "risk class of its calls", { default: "high" }),
  answer: choice("form", "how a refusal is told: by the exit status 2, or as JSON with the status 0", [
    "exit",
    "json",
  ]),
};

type Flags = FlagValues<typeof hookFlags>;

/**
 * The hook of a coding agent (docs/spec/sdk.md 3).
 *
 * INVARIANT: the status is 0 without a refusal only for a call that was allowed, or after a call. The agents take any
 * other status than 2 for a warning and make the call, so every failure ends with 2.
 */
export function defineHook(client: HookClient): Command<typeof hookFlags> {
  const contract = CONTRACTS[client];
  return defineCommand({
    explain:
      `Reads an event of a hook of ${client} from standard input: before a tool call it decides, and stops every call that is not allowed; after one it records what the call returned.`,
    flags: hookFlags,
    flagOf: GATE_FLAG_OF,
    needs: { read: true, write: true, run: true, env: true },
    failureStatus: EXIT.verificationFailed,
    examples: [
      `gait hook ${client} --policy policy.yaml < event.json`,
      `gait hook ${client} --policy policy.yaml --key-mode prod --private-key gait.key --trace-dir traces < event.json`,
    ],
    async run({ flags, effects, version, narrow, notify }) {
      const read = async () =>
        readJsonObject(await effects.readStdin(MAX_EVENT_BYTES), {
          what: "event",
          duplicates: "refuse",
          numbers: "unchanged",
        });
      const { event, reason } = await namingFlags(() => withOptions(flags, effects, narrow))
        .then(async (options) =>
          await answerEvent(read, settingsOf(client, flags, options, effects, version), effects)
        )
        .catch((error) => ({ event: undefined, reason: failureReason(error) }));
      if (reason === undefined) return success({}, [line(JSON.stringify(NO_OBJECTION))]);
      const refusal = contract.refusal(event?.name ?? contract.before[0]!, reason);
      return refused(refusal, reason, flags, (words) => notify(line(words)));
    },
  });
}

/** The options of the gate; permissions that they don't need are dropped before the event is read. */
async function withOptions(
  flags: Flags,
  { files }: Effects,
  narrow: Parameters<typeof keepNeeds>[1],
): Promise<GateOptions> {
  const noConfig = flags.config === undefined;
  const defaults = await defaultsOf({ config: flags.config ?? "", "no-config": noConfig }, files);
  const given = gateOptions({ ...flags, simulate: false, config: "", "no-config": noConfig }, defaults);
  const options = { ...given, approvals: { ...given.approvals, singleUse: true } };
  keepNeeds(options, narrow);
  return options;
}

/**
 * A step whose errors name flags. They are told as refusals, so the dispatcher, which does this for other errors, never
 * sees them.
 */
async function namingFlags<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const { flagName } = await import("../flag_names.ts");
    throw error.named((field) => flagName(field, { flagOf: GATE_FLAG_OF }));
  }
}

function settingsOf(
  client: HookClient,
  flags: Flags,
  options: GateOptions,
  effects: Effects,
  version: string,
): HookSettings {
  return {
    client,
    caller: { identity: flags.identity ?? client, riskClass: flags["risk-class"] },
    places: {
      traceDir: flags["trace-dir"],
      approvals: flags.approvals,
      jobRoot: flags["job-root"],
      onlySingleUse: false,
    },
    async openGate() {
      const { gate } = await namingFlags(() => loadGate(options, effects, version));
      return {
        profile: gate.profile,
        decide: (call) =>
          namingFlags(async () => await decide(gate, await call(gate.policy.digest), effects)),
      };
    },
  };
}

function refused(
  refusal: ReturnType<HookContract["refusal"]>,
  reason: string,
  flags: Flags & { readonly json?: boolean },
  notify: (words: string) => void,
): Outcome {
  // Escaped as JSON before the printer does it as text, after which it would be no JSON any more.
  const lines = [line(escapeControlsInJson(JSON.stringify(refusal)))];
  // With --json another object is printed, in which no agent finds a refusal.
  if (flags.answer === "json" && flags.json !== true) return success({ refused: true }, lines);
  notify(reason);
  return negative(EXIT.verificationFailed, { refused: true }, lines);
}
