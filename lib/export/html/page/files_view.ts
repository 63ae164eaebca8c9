/// <reference lib="dom" />
import { decodeUtf8Strict } from "../../../formats/bytes.ts";
import type { ZipArchive } from "../../../formats/zip/mod.ts";
import type { PackReport } from "../../../pack/report.ts";
import type { ListedEntry } from "../view/evidence.ts";
import { element, growingList, value } from "./dom.ts";

/** Files listed at once. */
const STEP = 200;

/** Every file with its digest as computed by the page, and its content on demand. */
export function filesView(
  archive: ZipArchive,
  files: readonly ListedEntry[],
  { hashMismatches, missingFiles }: PackReport,
): HTMLElement {
  const changed = new Map(hashMismatches.map((found) => [found.path, found.actual]));
  const missing = new Set(missingFiles);
  const stateOf = ({ path }: ListedEntry) =>
    missing.has(path) ? "missing" : changed.has(path) ? "changed" : "digest holds";
  return element(
    "section",
    { id: "files" },
    element("h2", {}, `Files (${files.length})`),
    growingList(files, STEP, (file) => {
      const state = stateOf(file);
      const size = archive.sizeOf(file.path);
      const details = element(
        "details",
        {},
        element(
          "summary",
          {},
          value(file.path, { class: "title" }),
          element("span", { class: `tag ${state === "digest holds" ? "good" : "bad"}` }, state),
          element("span", { class: "digest code" }, value(file.sha256.toLowerCase())),
        ),
        element("p", {}, size === undefined ? "Not in the archive" : `${size} bytes; the digest is SHA-256`),
        ...(changed.has(file.path)
          ? [element("p", { class: "code" }, value(`is ${changed.get(file.path)}`))]
          : []),
      );
      if (state === "digest holds") showOnDemand(details, () => archive.read(file.path));
      return element("li", {}, details);
    }),
  );
}

function showOnDemand(details: HTMLDetailsElement, read: () => Promise<Uint8Array<ArrayBuffer>>): void {
  const show = async () => {
    const bytes = await read();
    const text = decodeUtf8Strict(bytes);
    details.append(
      text === undefined || /\0/.test(text)
        ? element("p", {}, "This file is not text; save the pack to open it.")
        : element("pre", { tabindex: "0" }, ...lines(text)),
    );
  };
  details.addEventListener("toggle", () => void show(), { once: true });
}

/** Longest content shown, in UTF-16 units. */
const MAX_CONTENT = 100_000;

/** Keeps line breaks; every other control character is escaped. */
function lines(text: string): (Node | string)[] {
  const shown = text.slice(0, MAX_CONTENT).split("\n");
  const pieces = shown.flatMap((line, i) => i === 0 ? [line] : [document.createTextNode("\n"), line]);
  const rest = text.length - MAX_CONTENT;
  return rest > 0 ? [...pieces, element("em", {}, ` … and ${rest} more characters`)] : pieces;
}
