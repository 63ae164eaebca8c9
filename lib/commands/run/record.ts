import { EVIDENCE_MODES } from "../../runpack/context.ts";
import { OUTPUT_FOLDER, runpackFile, ticketFooter } from "../../runpack/locate.ts";
import { openRecordDocument } from "../../runpack/record_document.ts";
import { payloadWarnings } from "../../runpack/record_input.ts";
import { CAPTURE_MODES, recordRequest } from "../../runpack/record_request.ts";
import { verifyRunpack } from "../../runpack/verify.ts";
import { invalidInput, verificationFailed } from "../../errors/mod.ts";
import { displayPath, outputFolder, outputPath } from "../../formats/path.ts";
import type { Files } from "../../effects/mod.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { bool, choice, defineCommand, path, paths, text } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import type { RunToRecord } from "../../runpack/record.ts";
import { signingKeyFlags, signingSources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { ANOTHER_RUN, archiveRules, forceFlag } from "../output_flags.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { keyValueLines, nextLines, warningLines } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";

/** `gait run record` (docs/spec/core.md 5.1). */
export default defineCommand({
  explain:
    "Records a run, given as JSON or by the traces of a gate, as a runpack: derives and checks digests, signs, and " +
    "verifies the result.",
  positionals: [{ name: "[input.json]", path: "file" }],
  flags: {
    input: path("file", "the run; the same as the argument"),
    "from-traces": paths(
      "paths",
      "record the calls that a gate decided: folders and files of traces and of results (gait.gate.result), " +
        "separated by commas",
    ),
    session: text("id", "with --from-traces: the calls of this session alone"),
    "out-dir": path("folder", "where the runpack goes", { default: OUTPUT_FOLDER }),
    "run-id": text("id", "run id, instead of that of the input"),
    "capture-mode": choice(
      "mode",
      "capture mode of the runpack, instead of that of the input",
      CAPTURE_MODES,
      { exact: true },
    ),
    "context-envelope": path("file", "context that the agent was given"),
    "context-evidence-mode": choice("mode", "required refuses a run without valid context", EVIDENCE_MODES),
    "unsafe-context-raw": bool("allow raw context"),
    ...signingKeyFlags,
    ...forceFlag,
  },
  flagOf: { allowRawContext: "unsafe-context-raw" },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait run record run.json",
    "gait run record run.json --private-key gait-out/keys/gait_private.key",
    "gait run record --from-traces gait-out/traces --session deploy-7",
  ],
  async run({ flags, positionals, effects: outer, version }) {
    const { effects, read } = noteReads(outer);
    const recordInput = await openInput(flags, positionals, effects.files);
    const folder = outputFolder(flags["out-dir"]);
    const sources = signingSources(flags);
    const signing = sources ? await loadSigningKey(sources, effects) : undefined;
    const { recorded: { packed, input, warnings: recordWarnings }, notes: inputNotes } = await recordInput(
      (given) =>
        recordRequest(
          given,
          {},
          {
            runId: flags["run-id"],
            captureMode: flags["capture-mode"],
            contextEnvelope: flags["context-envelope"],
            contextEvidenceMode: flags["context-evidence-mode"],
            allowRawContext: flags["unsafe-context-raw"],
            key: signing?.key,
          },
          effects,
          version,
        ),
    );
    const bundle = outputPath(`${folder}/${runpackFile(packed.runId)}`);
    // Readers written for the existing program count the warnings: what it does not warn of stands elsewhere.
    const [keyWarnings, keyNotes] = sources?.keyMode === "dev"
      ? [signing?.warnings ?? [], []]
      : [[], signing?.warnings ?? []];
    const warnings = [...recordWarnings, ...keyWarnings];
    const digestWarnings = await payloadWarnings(input);
    const notes = [
      ...inputNotes,
      ...keyNotes,
      ...(input.capture_mode === "reference" && flags["from-traces"].length === 0 && holdsPayloads(input)
        ? [MISLABELLED]
        : []),
    ];

    await effects.files.makeFolder(folder);
    const report = await verifyRunpack(packed.bytes);
    if (!report.ok) throw verificationFailed(`Runpack "${bundle}" would not verify, so it was not written`);
    await keepInputs(effects.files, bundle, read);
    const { keptAs } = await effects.files.writeOutput(
      bundle,
      packed.bytes,
      archiveRules(flags.force, ANOTHER_RUN),
    );
    const footer = ticketFooter(packed.runId, packed.manifestDigest);
    const shown = displayPath(bundle);
    const status = packed.keyId === undefined ? "missing" : "signed";
    return success({
      run_id: packed.runId,
      bundle: shown,
      manifest_digest: packed.manifestDigest,
      signature_status: status,
      ...compact({
        signature_key_id: packed.keyId,
        public_key: signing?.freshKey,
        warnings,
        digest_warnings: digestWarnings,
        notes,
        older_kept_as: keptAs,
      }),
      ticket_footer: footer,
    }, [
      ...keyValueLines({
        run_id: packed.runId,
        bundle: shown,
        signature_status: status,
        signature_key_id: packed.keyId,
        public_key: signing?.freshKey,
        older_kept_as: keptAs,
        ticket_footer: footer,
      }),
      ...warningLines([...warnings, ...digestWarnings, ...notes]),
      ...nextLines([`gait verify ${pathArgument(shown)}`]),
    ]);
  },
});

/** Records the run of an input in some way. */
type RecordInputBy = <R>(
  record: (given: RunToRecord) => Promise<R>,
) => Promise<{ readonly recorded: R; readonly notes: readonly string[] }>;

/** Open the run of the input file, or of the traces. */
async function openInput(
  flags: {
    readonly input?: string | undefined;
    readonly "from-traces": readonly string[];
    readonly session?: string | undefined;
  },
  positionals: readonly string[],
  files: Files,
): Promise<RecordInputBy> {
  const { "from-traces": traces, session, input } = flags;
  if (traces.length === 0) {
    if (session !== undefined) {
      throw invalidInput("Cannot use --session: it selects among traces", {
        hint: "Give --from-traces <folder>",
      });
    }
    const recordDocument = await openRecordDocument(await files.read(oneTarget("input", input, positionals)));
    return async (record) => {
      const { recorded, unknown } = await recordDocument(record);
      const notes = unknown.map((member) => `the input has an unknown member, which is ignored: ${member}`);
      return { recorded, notes };
    };
  }
  if (input !== undefined || positionals.length > 0) {
    throw invalidInput("Cannot record both an input and traces", { hint: "Give the input or --from-traces" });
  }
  const [{ collectRecords }, { runOfTraces }] = await Promise.all([
    import("../../gate/trace/collect.ts"),
    import("../../runpack/from_traces.ts"),
  ]);
  const collected = await collectRecords(traces, files, session);
  const { input: run } = await runOfTraces(collected, { session });
  return async (record) => ({ recorded: await record(run), notes: collected.notes });
}

/** Whether a run has arguments or results, not digests only. */
function holdsPayloads({ intents, results }: RunToRecord): boolean {
  const isSome = (payload: object | null | undefined) => payload && Object.keys(payload).length > 0;
  for (const { args } of intents) if (isSome(args)) return true;
  for (const { result } of results) if (isSome(result)) return true;
  return false;
}

const MISLABELLED =
  'the capture mode is "reference", but the runpack has arguments or results: give --capture-mode raw';
