import { inspectRunpack } from "../../runpack/inspect.ts";
import { locateRunpack } from "../../runpack/locate.ts";
import { readRunpack, type Runpack } from "../../runpack/read.ts";
import { sessionChainIn } from "../../session/chain.ts";
import { GaitError } from "../../errors/mod.ts";
import { omitEmpty } from "../../schema/fields.ts";
import type { SessionChain } from "../../schema/session_chain.ts";
import { defineCommand, path } from "../define.ts";
import { compact, type Outcome, success } from "../outcome.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { demandSignature, oneTarget, runpackIn, uncheckedSignature } from "../read_runpack_file.ts";
import { bad, bold, dim, good, type Line, line, type Span, warn } from "../text.ts";

/** `gait run inspect` (docs/spec/core.md 5.2). */
export default defineCommand({
  explain: "Shows what a run did, call by call, from its runpack or session chain.",
  positionals: [{ name: "[run_id|path]", path: "run" }],
  flags: {
    from: path("run_id|path", "runpack, pack of a run, or session chain; the same as the argument"),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: ["gait run inspect run_demo", "gait run inspect ./session.chain.json --json"],
  async run({ flags, positionals, effects }) {
    const path = await locateRunpack(oneTarget("from", flags.from, positionals), effects);
    const bytes = await runpackIn(path, await effects.files.read(path));
    try {
      const pack = await readRunpack(bytes);
      await demandSignature(path, bytes, keySources(flags), effects);
      return showRunpack(path, pack, uncheckedSignature(pack, keySources(flags)));
    } catch (error) {
      if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
      const chain = sessionChainIn(bytes);
      if (!chain) throw error;
      return showChain(path, chain);
    }
  },
});

function showRunpack(path: string, pack: Runpack, signatureNotes: readonly string[]): Outcome {
  const { entries, unmatched, warnings } = inspectRunpack(pack);
  const { run_id: runId, capture_mode: mode } = pack.manifest;
  const notes = [...warnings, ...signatureNotes];
  const lines: Line[] = [
    line(
      bold("run inspect"),
      `: run_id=${runId} intents=${pack.intents.length} results=${pack.results.length} capture_mode=${mode}`,
    ),
    line(`path: ${path}`),
    ...entries.map((entry) => {
      const status = String(entry.status ?? "missing");
      const extras = [
        entry.verdict ? ` verdict=${entry.verdict}` : "",
        Array.isArray(entry.reason_codes) ? ` reasons=${entry.reason_codes.join(",")}` : "",
        Array.isArray(entry.violations) ? ` violations=${entry.violations.join(",")}` : "",
      ];
      return line(
        `${entry.index}. intent=${entry.intent_id} tool=${entry.tool_name} status=`,
        styled(status),
        dim(extras.join("")),
      );
    }),
    ...unmatched.map((entry) =>
      line(warn(`result without intent: intent=${entry.intent_id} status=${entry.status}`))
    ),
    ...notes.map((note) => line(warn(`note: ${note}`))),
  ];
  return success({
    artifact_type: "runpack",
    run_id: runId,
    path,
    capture_mode: mode,
    ...compact({
      intents_total: pack.intents.length,
      results_total: pack.results.length,
      entries,
      unmatched_results: unmatched,
      warnings,
      notes: signatureNotes,
    }),
  }, lines);
}

function styled(status: string): Span {
  if (status === "ok" || status === "success") return good(status);
  return status === "missing" ? warn(status) : bad(status);
}

function showChain(path: string, chain: SessionChain): Outcome {
  const checkpoints = chain.checkpoints.map((checkpoint) =>
    omitEmpty({
      checkpoint_index: checkpoint.checkpoint_index,
      runpack_path: checkpoint.runpack_path,
      sequence_start: checkpoint.sequence_start,
      sequence_end: checkpoint.sequence_end,
      checkpoint_digest: checkpoint.checkpoint_digest,
      prev_checkpoint_digest: checkpoint.prev_checkpoint_digest,
    }, "prev_checkpoint_digest")
  );
  return success({
    artifact_type: "session_chain",
    run_id: chain.run_id,
    session_id: chain.session_id,
    path,
    checkpoint_count: checkpoints.length,
    checkpoints,
  }, [
    line(
      bold("run inspect"),
      `: session_id=${chain.session_id} run_id=${chain.run_id} checkpoints=${checkpoints.length}`,
    ),
    line(`path: ${path}`),
    ...chain.checkpoints.map((checkpoint) =>
      line(
        `${checkpoint.checkpoint_index}. ${checkpoint.runpack_path} `,
        dim(`sequence ${checkpoint.sequence_start} to ${checkpoint.sequence_end}`),
      )
    ),
  ]);
}
