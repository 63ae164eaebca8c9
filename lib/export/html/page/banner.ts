/// <reference lib="dom" />
import type { PageOutcome, PageResult } from "../result.ts";
import { element, value } from "./dom.ts";

const WORDS: Readonly<Record<PageOutcome, readonly [title: string, meaning: string]>> = {
  verified: ["Verified", "Every digest holds, and the key that you gave signed this pack."],
  signer_unknown: [
    "Digests hold, signer unknown",
    "Every file fits the manifest, and the pack is signed. Who signed it is not proved: give the signer's public key below.",
  ],
  not_signed: [
    "Digests hold, not signed",
    "Every file fits the manifest. Nobody signed it, so anyone may have made it.",
  ],
  not_verified: ["Not verified", "Do not rely on this pack."],
};

/** The verdict at the top of the page. */
export function banner(result: PageResult): HTMLElement {
  const [title, meaning] = WORDS[result.outcome];
  return element(
    "section",
    { id: "verdict", "data-outcome": result.outcome },
    element("h1", {}, title),
    element("p", {}, meaning),
    ...(result.keyId === undefined ? [] : [
      element(
        "p",
        {},
        "Fingerprint of the given key: ",
        value(result.keyId, { class: "code", id: "key-id" }),
      ),
    ]),
    ...reasonsOf(result),
  );
}

/** The banner if this browser can't verify the pack. */
export function refusal(title: string, reasons: readonly string[]): HTMLElement {
  return element(
    "section",
    { id: "verdict", "data-outcome": "not_verified", role: "status" },
    element("h1", {}, "Not verified"),
    element("p", {}, title),
    element("ul", {}, ...reasons.map((reason) => element("li", {}, reason))),
  );
}

function reasonsOf({ report, error }: PageResult): Node[] {
  if (error) {
    return [element("ul", {}, element("li", {}, value(error.message)))];
  }
  if (!report) return [];
  const reasons = [
    ...report.missingFiles.map((path) => `${path}: missing`),
    ...report.hashMismatches.map(({ path }) => `${path}: changed`),
    ...report.undeclaredFiles.map((path) => `${path}: not in the manifest`),
    ...report.findings.map(({ path, message }) => path === undefined ? message : `${path}: ${message}`),
    ...report.signature.errors,
  ];
  return reasons.length === 0
    ? []
    : [element("ul", {}, ...reasons.map((reason) => element("li", {}, value(reason))))];
}
