import {
  DIFF_PRIVACY,
  diffRunpacks,
  EMPTY_SUMMARY,
  encodeDiffSummary,
  isChanged,
} from "../../runpack/diff.ts";
import type { DiffSummary } from "../../runpack/diff.ts";
import { alignCalls } from "../../runpack/compare_calls.ts";
import { locateRunpack } from "../../runpack/locate.ts";
import { readRunpack } from "../../runpack/read.ts";
import { diffSessionChains, sessionChainIn } from "../../session/chain.ts";
import { EXIT } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { isJsonObject, isObjectWith } from "../../formats/json/mod.ts";
import { insideWorkingFolder } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import { bool, choice, defineCommand, path } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, verdict } from "../outcome.ts";
import { OWN_NAME } from "../output_flags.ts";
import { demandSignature, runpackIn } from "../read_runpack_file.ts";
import { bad, dim, good, type Line, line, nextLines } from "../text.ts";

/** `gait run diff` (docs/spec/core.md 5.4). */
export default defineCommand({
  explain: "Compares what two runs did, ignoring by whom, when and under which id they were recorded.",
  positionals: [{ name: "<left>", path: "run" }, { name: "<right>", path: "run" }],
  flags: {
    privacy: choice("mode", "metadata compares digests and counts, not payloads", DIFF_PRIVACY, {
      default: "full",
      blank: "full",
      exact: true,
    }),
    "by-place": bool(
      "pair calls whose ids one side alone has in their order, as of another recording of a task",
    ),
    output: path("file", "also write the result as JSON"),
    ...verifyKeyFlags,
  },
  needs: { read: true, write: true, env: true },
  errorFields: { summary: EMPTY_SUMMARY },
  examples: [
    "gait run diff run_monday run_tuesday",
    "gait run diff a.zip b.zip --privacy metadata --output d.json",
    "gait run diff first.zip second.zip --by-place",
  ],
  async run({ flags, positionals, effects: given }) {
    const { effects, read } = noteReads(given);
    const sides: Uint8Array<ArrayBuffer>[] = [];
    for (const target of positionals) {
      const path = await locateRunpack(target, effects);
      const bytes = await runpackIn(path, await effects.files.read(path));
      await demandSignature(path, bytes, keySources(flags), effects);
      sides.push(bytes);
    }
    const chains = sides.map(sessionChainIn);
    const { privacy, output } = flags;
    let summary: DiffSummary;
    let manifests: Manifests | undefined;
    let byPlace = 0;
    if (chains[0] && chains[1]) {
      summary = diffSessionChains(chains[0], chains[1]);
    } else {
      // An archive is not held any longer than it is read: with its records both would be.
      const before = await readRunpack(sides.shift()!);
      const after = await readRunpack(sides.shift()!, { like: before });
      const aligned = flags["by-place"] ? alignCalls(before, after) : { pack: after, byPlace: 0 };
      byPlace = aligned.byPlace;
      summary = diffRunpacks(before, aligned.pack, privacy);
      manifests = { left: before.manifest.manifest_digest, right: after.manifest.manifest_digest };
    }
    const encoded = encodeDiffSummary(summary);
    if (output !== undefined) {
      const content = utf8(JSON.stringify({ privacy, summary: encoded }));
      const target = insideWorkingFolder(output);
      await keepInputs(effects.files, target, read);
      await effects.files.writeOutput(target, content, {
        older: isResult,
        olderGoes: "away",
        hint: OWN_NAME,
      });
    }
    const ok = !isChanged(summary);
    return verdict(ok, EXIT.verificationFailed, {
      privacy,
      summary: encoded,
      ...(manifests ? { manifest_digests: { ...manifests } } : {}),
      ...compact({ paired_by_place: byPlace, output }),
    }, [
      ...describe(summary, ok, manifests, byPlace),
      ...(isOtherRecording(summary, flags["by-place"])
        ? nextLines([`gait run diff ${positionals.map(pathArgument).join(" ")} --by-place`])
        : []),
    ]);
  },
});

/** Whether each side has calls of its own, which may be the same calls under the ids of another recording. */
function isOtherRecording(summary: DiffSummary, byPlace: boolean): boolean {
  return !byPlace && summary.left_only_intents.length > 0 && summary.right_only_intents.length > 0;
}

/** An older result may be replaced, because it can be recomputed. */
function isResult(held: Uint8Array): boolean {
  return isObjectWith(held, ({ privacy, summary }) => typeof privacy === "string" && isJsonObject(summary));
}

/** Manifest digests of both runs; only equal ones mean that nothing differs. */
interface Manifests {
  readonly left: string;
  readonly right: string;
}

/** The class of drift; ids, times and the producer of a recording can make it graver than its content is. */
function driftOf(
  { context_drift_classification: drift = "none", context_content_drift: content = drift }: DiffSummary,
): string {
  if (drift === "none") return "";
  return content === drift ? `  ${drift} drift` : `  ${drift} drift; ${content} by its content`;
}

function describe(
  summary: DiffSummary,
  ok: boolean,
  manifests: Manifests | undefined,
  byPlace: number,
): Line[] {
  const { run_id_left: left, run_id_right: right } = summary;
  const lines = [line(ok ? good("diff ok") : bad("diff changed"), `: ${left} vs ${right}`)];
  const part = (name: string, changed: boolean, detail = "", unchanged = "same") =>
    lines.push(line(dim(`  ${name.padEnd(10)}`), changed ? bad("changed") : unchanged, dim(detail)));
  const only = (l: readonly string[], r: readonly string[]) =>
    [
      ...(l.length > 0 ? [`  only left: ${l.join(", ")}`] : []),
      ...(r.length > 0 ? [`  only right: ${r.join(", ")}`] : []),
    ].join("");
  const same = manifests === undefined || manifests.left === manifests.right;
  const files = summary.files_changed.map((file) => `  ${file}`).join("");
  part("manifest", summary.manifest_changed, files, same ? "same" : "another recording of the same form");
  part("intents", summary.intents_changed, only(summary.left_only_intents, summary.right_only_intents));
  part("results", summary.results_changed, only(summary.left_only_results, summary.right_only_results));
  part("context", summary.refs_changed, driftOf(summary));
  if (summary.digests_changed.length > 0) {
    lines.push(line(dim("  digests   "), `other bytes in ${summary.digests_changed.join(", ")}`));
  }
  if (byPlace > 0) {
    lines.push(
      line(dim("  paired    "), `${byPlace} by place: calls whose ids occur on one side only`),
    );
  }
  return lines;
}
