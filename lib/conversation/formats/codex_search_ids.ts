import { decodeUtf8Strict, utf8 } from "../../formats/bytes.ts";

/** How `codex exec --json` begins its output. */
const BEGINNING = utf8('{"type":"thread.started"');

/**
 * The id of a search, which `codex exec --json` writes into the item of the search under the name that the id of the
 * item has already. The members are in the order in which Codex writes them, and a line break can't stand inside a text,
 * so that nothing else is taken for it.
 */
const SECOND_ID =
  /^(\{"type":"item\.(?:started|updated|completed)","item":\{"id":"[\w-]{1,80}","type":"web_search",)"id":/gm;

/**
 * The output of `codex exec --json` with the id of each search under a name of its own. A key that occurs twice is
 * refused, because readers could disagree about what was done; both of these are ids of the same search, and every log
 * with a search has them.
 */
export function withSearchIds(bytes: Uint8Array): Uint8Array {
  if (!BEGINNING.every((byte, i) => bytes[i] === byte)) return bytes;
  const text = decodeUtf8Strict(bytes);
  if (text === undefined) return bytes;
  const renamed = text.replace(SECOND_ID, '$1"search_id":');
  return renamed === text ? bytes : utf8(renamed);
}
