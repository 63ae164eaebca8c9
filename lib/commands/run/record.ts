import { applyContext, refuseRawReceipts, resolveEvidenceMode } from "../../evidence/context/apply.ts";
import { ticketFooter } from "../../evidence/runpack/footer.ts";
import { checkRunId } from "../../evidence/runpack/locate.ts";
import { recordRun } from "../../evidence/runpack/record.ts";
import { payloadWarnings, readRecordInput, withRunId } from "../../evidence/runpack/record_input.ts";
import { verifyRunpack } from "../../evidence/runpack/verify.ts";
import { GaitError, invalidInput, verificationFailed } from "../../errors/mod.ts";
import { readContextEnvelope } from "../../gate/context/envelope.ts";
import { displayPath, insideWorkingFolder, outputPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { bool, defineCommand, text } from "../define.ts";
import { signingKeyFlags, signingSources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { keyValueLines, line, nextLines, warn } from "../text.ts";
import { append } from "../../formats/lists.ts";

/** `gait run record` (spec/core.md 5.1). */
export default defineCommand({
  explain:
    "Records a run, given as JSON, as a runpack: derives digests, checks them, signs, verifies what it wrote.",
  positionals: ["[input.json]"],
  flags: {
    input: text("file", "the run; the same as the argument"),
    "out-dir": text("folder", "where the runpack goes", { default: "./gait-out" }),
    "run-id": text("id", "replaces the run id of the input"),
    "capture-mode": text("mode", "label of the runpack; beats the input", { choices: ["reference", "raw"] }),
    "context-envelope": text("file", "context that the agent was given"),
    "context-evidence-mode": text("mode", "required refuses a run without valid context", {
      choices: ["best_effort", "required"],
    }),
    "unsafe-context-raw": bool("allow context that is kept raw"),
    ...signingKeyFlags,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait run record run.json",
    "gait run record run.json --private-key gait-out/keys/gait_private.key",
  ],
  async run({ flags, positionals, world, version }) {
    const given = readRecordInput(await world.files.read(oneTarget("input", flags.input, positionals)));
    const captureMode = resolveCaptureMode(flags["capture-mode"], given.capture_mode);
    const mode = resolveEvidenceMode(flags["context-evidence-mode"], given.refs.context_evidence_mode);
    const runId = flags["run-id"].trim() || given.run.run_id;
    const idWarning = checkRunId(runId);
    const bundle = outputPath(`${flags["out-dir"]}/runpack_${runId}.zip`);
    const warnings = idWarning === undefined ? [] : [idWarning];

    let input = { ...withRunId(given, runId), capture_mode: captureMode };
    input = { ...input, refs: { ...input.refs, context_evidence_mode: mode } };
    if (flags["context-envelope"] !== "") {
      const path = insideWorkingFolder(flags["context-envelope"]);
      try {
        const envelope = await readContextEnvelope(await world.files.read(path));
        input = { ...input, refs: applyContext(input.refs, envelope) };
      } catch (error) {
        if (!(error instanceof GaitError) || mode === "required") throw error;
        warnings.push(`context envelope ignored: ${error.message}`);
      }
    }
    refuseRawReceipts(input.refs, flags["unsafe-context-raw"]);
    if (mode === "required" && input.refs.context_set_digest === "") {
      throw invalidInput("Cannot record run: context evidence is required but there is none", {
        hint: "Give --context-envelope <file>",
      });
    }
    const sources = signingSources(flags);
    const signing = sources ? await loadSigningKey(sources, world) : undefined;
    // Not among the warnings: those are counted by readers that know the reference.
    const digestWarnings = await payloadWarnings(input);
    append(warnings, signing?.warnings ?? []);
    const around = { now: timeOfMillis(world.now()), os: world.os, arch: world.arch, producer: version };
    const packed = await recordRun(input, around, signing ? { key: signing.key } : {});

    await world.files.makeFolder(outputPath(flags["out-dir"]));
    await world.files.writeAtomic(bundle, packed.bytes);
    const report = await verifyRunpack(await world.files.read(bundle));
    if (!report.ok) throw verificationFailed(`Runpack "${bundle}" does not verify after it was written`);
    const footer = ticketFooter(packed.runId, packed.manifestDigest);
    const shown = displayPath(bundle);
    const status = packed.keyId === undefined ? "missing" : "signed";
    return success({
      run_id: packed.runId,
      bundle: shown,
      manifest_digest: packed.manifestDigest,
      signature_status: status,
      ...compact({ signature_key_id: packed.keyId, warnings, digest_warnings: digestWarnings }),
      ticket_footer: footer,
    }, [
      ...keyValueLines({
        run_id: packed.runId,
        bundle: shown,
        signature_status: status,
        signature_key_id: packed.keyId,
        ticket_footer: footer,
      }),
      ...[...warnings, ...digestWarnings].map((text) => line(warn(`warning: ${text}`))),
      ...nextLines([`gait verify ${shown}`]),
    ]);
  },
});

/** The flag beats the input; both must be exact. */
function resolveCaptureMode(flag: string, given: string): string {
  const mode = flag !== "" ? flag : given.trim();
  if (mode === "" || mode === "reference" || mode === "raw") return mode || "reference";
  throw invalidInput(`Cannot use capture mode "${mode}": expected "reference" or "raw"`);
}
