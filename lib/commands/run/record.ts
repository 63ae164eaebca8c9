import { applyContext, refuseRawReceipts, resolveEvidenceMode } from "../../runpack/context.ts";
import { checkRunId, ticketFooter } from "../../runpack/locate.ts";
import { recordRun } from "../../runpack/record.ts";
import {
  payloadWarnings,
  readRecordInput,
  unknownInputMembers,
  withRunId,
} from "../../runpack/record_input.ts";
import { verifyRunpack } from "../../runpack/verify.ts";
import { GaitError, invalidInput, verificationFailed } from "../../errors/mod.ts";
import { readContextEnvelope } from "../../gate/context/envelope.ts";
import { displayPath, insideWorkingFolder, outputPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { blankText, bool, defineCommand } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import type { RecordInput } from "../../schema/runpack.ts";
import { signingKeyFlags, signingSources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { ANOTHER_RUN, forceFlag } from "../output_flags.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { keyValueLines, nextLines, warningLines } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";
import { append } from "../../formats/lists.ts";

/** `gait run record` (docs/spec/core.md 5.1). */
export default defineCommand({
  explain:
    "Records a run, given as JSON, as a runpack: derives digests, checks them, signs, verifies what it wrote.",
  positionals: ["[input.json]"],
  flags: {
    input: blankText("file", "the run; the same as the argument"),
    "out-dir": blankText("folder", "where the runpack goes", { default: "./gait-out" }),
    "run-id": blankText("id", "replaces the run id of the input"),
    "capture-mode": blankText("mode", "label of the runpack; beats the input", {
      choices: ["reference", "raw"],
    }),
    "context-envelope": blankText("file", "context that the agent was given"),
    "context-evidence-mode": blankText("mode", "required refuses a run without valid context", {
      choices: ["best_effort", "required"],
    }),
    "unsafe-context-raw": bool("allow context that is kept raw"),
    ...signingKeyFlags,
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait run record run.json",
    "gait run record run.json --private-key gait-out/keys/gait_private.key",
  ],
  async run({ flags, positionals, effects: outer, version }) {
    const { effects, read } = noteReads(outer);
    const bytes = await effects.files.read(oneTarget("input", flags.input, positionals));
    const given = readRecordInput(bytes);
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
        const envelope = await readContextEnvelope(await effects.files.read(path));
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
    const signing = sources ? await loadSigningKey(sources, effects) : undefined;
    // Not among the warnings: those are counted by readers that know the existing program.
    const digestWarnings = await payloadWarnings(input);
    append(warnings, signing?.warnings ?? []);
    const notes = [
      ...unknownInputMembers(bytes).map((member) =>
        `the input has an unknown member, which counts for nothing: ${member}`
      ),
      ...(captureMode === "reference" && holdsPayloads(input) ? [MISLABELLED] : []),
    ];
    const around = {
      now: timeOfMillis(effects.now()),
      os: effects.os,
      arch: effects.arch,
      producer: version,
    };
    const packed = await recordRun(input, around, signing ? { key: signing.key } : {});

    await effects.files.makeFolder(outputPath(flags["out-dir"]));
    const report = await verifyRunpack(packed.bytes);
    if (!report.ok) throw verificationFailed(`Runpack "${bundle}" would not verify, so it was not written`);
    await keepInputs(effects.files, bundle, read);
    await effects.files.writeOutput(bundle, packed.bytes, { force: flags.force, hint: ANOTHER_RUN });
    const footer = ticketFooter(packed.runId, packed.manifestDigest);
    const shown = displayPath(bundle);
    const status = packed.keyId === undefined ? "missing" : "signed";
    return success({
      run_id: packed.runId,
      bundle: shown,
      manifest_digest: packed.manifestDigest,
      signature_status: status,
      ...compact({ signature_key_id: packed.keyId, warnings, digest_warnings: digestWarnings, notes }),
      ticket_footer: footer,
    }, [
      ...keyValueLines({
        run_id: packed.runId,
        bundle: shown,
        signature_status: status,
        signature_key_id: packed.keyId,
        ticket_footer: footer,
      }),
      ...warningLines([...warnings, ...digestWarnings, ...notes]),
      ...nextLines([`gait verify ${pathArgument(shown)}`]),
    ]);
  },
});

/** Whether a run is recorded with arguments or results themselves, not with digests alone. */
function holdsPayloads({ intents, results }: RecordInput): boolean {
  const isSome = (payload: object | null | undefined) => payload && Object.keys(payload).length > 0;
  return intents.some(({ args }) => isSome(args)) || results.some(({ result }) => isSome(result));
}

const MISLABELLED =
  'the capture mode is "reference", but the runpack holds arguments or results: say so with --capture-mode raw';

/** The flag beats the input; both must be exact. */
function resolveCaptureMode(flag: string, given: string): string {
  const mode = flag !== "" ? flag : given.trim();
  if (mode === "" || mode === "reference" || mode === "raw") return mode || "reference";
  throw invalidInput(`Cannot use capture mode "${mode}": expected "reference" or "raw"`);
}
