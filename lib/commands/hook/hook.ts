import type { Effects } from "../../effects/mod.ts";
import { EXIT, GaitError, messageOf } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { joinPath, outputPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { decide } from "../../gate/decide.ts";
import { loadGate } from "../../gate/load.ts";
import { writeRecords } from "../../gate/trace/write.ts";
import { APPROVALS_FOLDER, ApprovalsFolder } from "../../mcp/approvals/folder.ts";
import { NO_OBJECTION, refusalOf } from "../../mcp/hooks/answer.ts";
import { CONTRACTS, type HookClient, type HookContract } from "../../mcp/hooks/clients.ts";
import { type HookEvent, readEvent } from "../../mcp/hooks/event.ts";
import { resultLine, RESULTS } from "../../mcp/hooks/result.ts";
import { jobStop } from "../../mcp/job_stop.ts";
import { prepareCall } from "../../mcp/prepare_call.ts";
import { adapterOf } from "../../mcp/adapters/table.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import type { GivenToken } from "../../tokens/given_token.ts";
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
      let event: HookEvent | undefined;
      let reason: string | undefined;
      try {
        reason = await answerEvent(client, contract, flags, effects, version, narrow, (read) => event = read);
      } catch (error) {
        const hint = error instanceof GaitError && error.hint !== undefined ? ` Next: ${error.hint}` : "";
        const what = event?.when === "after"
          ? "what this call returned could not be recorded"
          : "this call could not be decided, so it was not made";
        reason = `Gait: ${what}: ${messageOf(error)}.${hint}`;
      }
      if (reason === undefined) return success({}, [line(JSON.stringify(NO_OBJECTION))]);
      const refusal = contract.refusal(event?.name ?? contract.before[0]!, reason);
      return refused(refusal, reason, flags, (words) => notify(line(words)));
    },
  });
}

function refused(
  refusal: ReturnType<HookContract["refusal"]>,
  reason: string,
  { answer }: Flags,
  notify: (words: string) => void,
): Outcome {
  const lines = [line(JSON.stringify(refusal))];
  if (answer === "json") return success({ refused: true }, lines);
  notify(reason);
  return negative(EXIT.verificationFailed, { refused: true }, lines);
}

/** @returns why the call must not be made */
async function answerEvent(
  client: HookClient,
  contract: HookContract,
  flags: Flags,
  effects: Effects,
  version: string,
  narrow: Parameters<typeof keepNeeds>[1],
  onRead: (event: HookEvent) => void,
): Promise<string | undefined> {
  const defaults = await defaultsOf(
    { config: flags.config ?? "", "no-config": flags.config === undefined },
    effects.files,
  );
  const given = gateOptions({ ...flags, simulate: false, config: "", "no-config": false }, defaults);
  const options = { ...given, approvals: { ...given.approvals, singleUse: true } };
  keepNeeds(options, narrow);
  const payload = readJsonObject(await effects.readStdin(MAX_EVENT_BYTES), {
    what: "event",
    duplicates: "refuse",
    numbers: "unchanged",
  });
  const caller = { identity: flags.identity ?? client, riskClass: flags["risk-class"] };
  const event = readEvent(payload, client, contract, caller);
  onRead(event);
  const prepare = (profile: Parameters<typeof prepareCall>[1]["profile"], approvals = NO_TOKENS) =>
    prepareCall(payload, {
      adapter: { ...adapterOf("claude_code"), read: () => event.call },
      profile,
      checkStop: jobStop(flags["job-root"], effects),
      approvals,
    }, effects);
  if (event.when === "after") {
    await recordResult(client, event, (await prepare("standard")).rawIntent, flags, effects);
    return undefined;
  }
  const { gate } = await loadGate(options, effects, version);
  const { rawIntent: intentDigest } = await prepare(gate.profile);
  const folder = new ApprovalsFolder(effects.files, flags.approvals);
  const { tokens } = await folder.find({ intentDigest, policyDigest: gate.policy.digest });
  const { gateCall } = await prepare(gate.profile, tokens);
  const decision = await decide(gate, gateCall, effects);
  const { paths, tracePath } = tracePaths(flags, decision.traceId);
  await writeRecords(effects.files, decision, paths);
  return refusalOf(decision, flags.approvals, tracePath);
}

const NO_TOKENS: readonly GivenToken[] = [];

function tracePaths(flags: Flags, traceId: string) {
  const tracePath = joinPath(flags["trace-dir"], `trace_${traceId}.json`);
  return { tracePath, paths: { trace: tracePath } };
}

async function recordResult(
  client: HookClient,
  event: HookEvent,
  intentDigest: Awaited<ReturnType<typeof prepareCall>>["rawIntent"],
  flags: Flags,
  { files, now }: Effects,
): Promise<void> {
  const folder = outputPath(flags["trace-dir"]);
  await files.makeFolder(folder);
  const createdAt = timeOfMillis(now());
  await files.appendLine(
    joinPath(folder, RESULTS),
    await resultLine(event, { client, intentDigest, createdAt }),
  );
}
