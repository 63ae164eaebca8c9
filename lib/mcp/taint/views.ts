import { decodeBase64Runs } from "./base64_runs.ts";
import { decodeEscapes } from "./escapes.ts";
import { decodeHexRuns } from "./hex_runs.ts";
import { BREAK, visibleText } from "./visible.ts";

/** Encodings around encodings that are decoded. */
const LAYERS = 2;

/**
 * All readings of a text: as it is, and with up to two layers of escapes, base64 and hex decoded. Their number is
 * bounded, and each is at most about as long as the text, so the work stays linear.
 */
export function viewsOf(text: string): string[] {
  const first = visibleText(text);
  let layer = decodings(first);
  // Most texts of a call hold nothing encoded.
  if (layer.length === 0) return [first];
  const views = new Set([first, ...layer]);
  for (let depth = 1; depth < LAYERS; depth++) {
    const next: string[] = [];
    for (const view of layer) {
      for (const decoded of decodings(view)) {
        if (views.has(decoded)) continue;
        views.add(decoded);
        next.push(decoded);
      }
    }
    layer = next;
  }
  return [...views];
}

function decodings(view: string): string[] {
  // Part by part: an escape that decodes to the character between parts must not divide one.
  const unescaped = view.split(BREAK).map(decodeEscapes).filter((part) => part !== undefined);
  return [unescaped, decodeBase64Runs(view), decodeHexRuns(view)]
    .filter((parts) => parts.length > 0)
    .map((parts) => parts.map(visibleText).join(BREAK));
}
