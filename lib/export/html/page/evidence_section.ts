/// <reference lib="dom" />
import type { EvidenceView } from "../view/evidence.ts";
import type { Section, Step } from "../view/step.ts";
import type { PackReport } from "../../../pack/report.ts";
import { element, factList, growingList, value } from "./dom.ts";
import { filesView } from "./files_view.ts";

/** Steps shown at once. */
const STEP = 500;

/** The evidence: identity of the pack, events and files. */
export function evidenceSection(view: EvidenceView, report: PackReport): HTMLElement {
  const { packId, packType, sourceRef, proofRecords } = report;
  return element(
    "div",
    { id: "evidence" },
    element(
      "section",
      {},
      element("h2", {}, "Pack"),
      factList([
        ["Pack", packId],
        ["Type", report.legacyType === undefined ? packType : `${packType} (${report.legacyType})`],
        ["Made of", sourceRef],
        ...view.facts,
        ["Proof records", `${proofRecords}, an unbroken chain`] as const,
      ].filter(([name]) => name !== "Proof records" || proofRecords > 0) as [string, string][]),
    ),
    ...view.sections.map(sectionOf),
    signaturesView(view),
    filesView(view.archive, view.files, report),
  );
}

function sectionOf({ title, steps }: Section): HTMLElement {
  return element(
    "section",
    { class: "timeline" },
    element("h2", {}, `${title} (${steps.length})`),
    ...tally(steps),
    growingList(steps, STEP, stepOf),
  );
}

/** Counts of verdicts and statuses. */
function tally(steps: readonly Step[]): Node[] {
  const counts = new Map<string, { count: number; tone: string }>();
  for (const { tag } of steps) {
    if (!tag) continue;
    const counted = counts.get(tag.word) ?? { count: 0, tone: tag.tone };
    counted.count++;
    counts.set(tag.word, counted);
  }
  if (counts.size < 2) return [];
  return [element(
    "p",
    { class: "tally" },
    ...[...counts].map(([word, { count, tone }]) =>
      element("span", { class: `tag ${tone}` }, value(word), ` ${count}`)
    ),
  )];
}

function stepOf({ time, kind, title, tag, facts }: Step): Node {
  const head = [
    element("time", {}, time),
    element("span", { class: "kind" }, kind),
    value(title, { class: "title" }),
    ...(tag ? [element("span", { class: `tag ${tag.tone}` }, value(tag.word))] : []),
  ];
  if (facts.length === 0) return element("li", {}, element("div", { class: "head" }, ...head));
  return element("li", {}, element("details", {}, element("summary", {}, ...head), factList(facts)));
}

function signaturesView({ signatures }: EvidenceView): HTMLElement {
  return element(
    "section",
    { id: "signatures" },
    element("h2", {}, `Signatures (${signatures.length})`),
    ...signatures.map(({ alg, key_id, signed_digest }) =>
      factList([["Algorithm", alg], ["Key, as it says", key_id], ["Signed digest", signed_digest]])
    ),
    ...(signatures.length === 0 ? [element("p", {}, "None.")] : []),
  );
}
