import { invalidInput } from "../../errors/mod.ts";
import type { Effects } from "../../effects/mod.ts";

import { trim } from "../../formats/text.ts";
import { decide } from "../../gate/decide.ts";
import { exitOfVerdict } from "../../gate/decision_outcome.ts";
import { loadEnvelope, loadGate } from "../../gate/load.ts";
import { adapterOf, readPayload } from "../../mcp/adapters/table.ts";
import { answerOf } from "../../mcp/answer.ts";
import { decidedCall } from "../../mcp/decided_call.ts";
import { checkEvidencePaths, writeEvidence } from "../../mcp/evidence.ts";
import { jobStop } from "../../mcp/job_stop.ts";
import { prepareCall } from "../../mcp/prepare_call.ts";
import { normalizeRunId } from "../../mcp/run_id.ts";
import { traceName, uniqueClock } from "../../mcp/trace_name.ts";
import { defineCommand, path, text, trimmed } from "../define.ts";
import { defaultsOf, GATE_FLAG_OF, gateOptions, givenTokens, keepNeeds } from "../gate/flags.ts";
import { keepInputs, noteReads } from "../inputs.ts";

import { decided as decidedOutcome } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { boundaryFlags, callTokenFlags } from "./flags.ts";

import { proxyLines } from "./report.ts";

/** Maximum size of a call in bytes. */
const MAX_CALL_BYTES = 1 << 26;

/** `gait mcp proxy` and `gait mcp bridge` (docs/spec/mcp.md section 2). */
export default defineCommand({
  explain:
    "Decides a tool call in the format of another protocol at the boundary, and writes signed evidence; executes nothing.",
  positionals: [{ name: "[file]", path: "file" }, { name: "[tool_call.json]", path: "file" }],
  flags: {
    ...boundaryFlags,
    call: path("file", "the call, - for standard input"),
    "trace-out": path("file", "path of the signed trace (default trace_<run id>_<time>.json)"),
    "run-id": text("id", "the run that the call belongs to"),
    "runpack-out": path("file", "also write a runpack of the decision"),
    "pack-out": path("file", "also write a signed pack of the decision"),
    ...callTokenFlags,
  },
  flagOf: GATE_FLAG_OF,
  needs: { read: true, write: true, run: true, env: true },
  errorFields: { executed: false },
  examples: [
    "gait mcp proxy --policy policy.yaml --call call.json",
    "gait mcp proxy policy.yaml - --adapter openai --json < call.json",
    "gait mcp proxy policy.yaml call.json --key-mode prod --private-key gait.key --runpack-out run.zip",
  ],
  run: ({ flags, positionals, effects: given, version, narrow }) =>
    withMigration(async () => {
      const { effects, read } = noteReads(given);
      const [policy, callPath] = policyAndCall(flags, positionals);
      const defaults = await defaultsOf(flags, effects.files);
      const options = gateOptions({ ...flags, policy, simulate: false }, defaults);
      keepNeeds(options, narrow);
      const payload = readPayload(
        await readCall(callPath, effects),
        callPath === "-" ? "call" : `call "${callPath}"`,
      );
      const { gate, devKey, warnings: setUp } = await loadGate(options, effects, version, {
        defaultMayPass: true,
      });
      const envelope = flags["context-envelope"];
      const tokens = givenTokens(flags, effects.files);
      const prepared = await prepareCall(payload, {
        adapter: adapterOf(flags.adapter),
        profile: gate.profile,
        envelope: envelope === undefined ? undefined : await loadEnvelope(envelope, effects.files),
        checkStop: jobStop(flags["job-root"], effects),
        ...tokens,
      }, effects);
      const runId = trimmed(flags["run-id"]) ?? "";
      const paths = {
        trace: trimmed(flags["trace-out"]) ?? traceName(normalizeRunId(runId), uniqueClock(effects.now)()),
        runpack: trimmed(flags["runpack-out"]),
        pack: trimmed(flags["pack-out"]),
        log: trimmed(flags["export-log-out"]),
        otel: trimmed(flags["export-otel-out"]),
      };
      await checkEvidencePaths(paths, effects.files);
      for (const path of Object.values(paths)) {
        if (path !== undefined) await keepInputs(given.files, path, [...read, gate.limitsPath]);
      }
      const started = effects.now();
      const decision = await decide(gate, prepared.gateCall, effects);
      const decided = decidedCall(prepared, decision, { runId, latency: effects.now() - started });
      const evidence = await writeEvidence(decided, paths, {
        key: gate.key,
        os: effects.os,
        arch: effects.arch,
        producer: version,
      }, effects.files);
      const warnings = [...setUp, ...prepared.warnings, ...prepared.found().warnings, ...decision.warnings];
      return decidedOutcome(
        exitOfVerdict(decision.outcome.verdict),
        answerOf(decided, { adapter: flags.adapter, evidence, warnings }),
        proxyLines(decided, evidence, { warnings, devKey }),
      );
    }),
});

/** Policy and call may be given as arguments, in this order, in place of flags that are absent. */
function policyAndCall(
  flags: { readonly policy: string | undefined; readonly call: string | undefined },
  positionals: readonly string[],
): [policy: string | undefined, call: string] {
  const left = [...positionals];
  const policy = flags.policy ?? left.shift();
  const call = flags.call ?? left.shift();
  if (left.length > 0) throw invalidInput(`Unexpected argument "${left[0]}"`);
  if (call === undefined) {
    throw invalidInput("Missing --call <file>", { hint: "Give the call, or - for standard input" });
  }
  return [policy, trim(call)];
}

async function readCall(path: string, { files, readStdin }: Effects): Promise<Uint8Array> {
  return path === "-" ? await readStdin(MAX_CALL_BYTES) : await files.read(path, MAX_CALL_BYTES);
}
