import { decodeUtf8 } from "../formats/bytes.ts";

/** Longer answers are truncated. */
const MAX_ANSWER_BYTES = 4096;

/** Show a text on standard error and read one line from standard input. */
export async function ask(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  const line = new Uint8Array(MAX_ANSWER_BYTES);
  let length = 0;
  while (length < line.length) {
    // One byte at a time: input after this line is for a later reader.
    const read = await Deno.stdin.read(line.subarray(length, length + 1));
    if (read === null || line[length] === 0x0a) break;
    length += read;
  }
  return decodeUtf8(line.subarray(0, length)).trim();
}
