import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip-js/zip-js";
import { type FileExpectation, parseExact } from "./case.ts";
import { expandExpected, mismatch, type Places, textMatches } from "./match.ts";

/** Reads a file. */
export type Read = (path: string) => Promise<Uint8Array>;

/**
 * What is wrong with a file that a case expects, `undefined` when nothing is.
 *
 * @param read gives the same array for the same file to whoever checks it many times
 */
export async function checkFile(
  path: string,
  expectation: FileExpectation,
  places: Places,
  read: Read = Deno.readFile,
): Promise<string | undefined> {
  const isThere = await Deno.stat(path).then(() => true, () => false);
  if ("exists" in expectation) {
    if (isThere === expectation.exists) return undefined;
    return isThere ? "should not exist" : "missing";
  }
  if (!isThere) return "missing";
  try {
    return await checkContent(expandExpected(expectation, places), await read(path));
  } catch (error) {
    return `unreadable: ${(error as Error).message}`;
  }
}

/** What is wrong with the bytes of a file or of an entry; throws when they are not of the expected kind. */
async function checkContent(expected: FileExpectation, bytes: Uint8Array): Promise<string | undefined> {
  if ("sha256" in expected) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())).toHex();
    return digest === expected.sha256 ? undefined : `sha256 ${digest}, expected ${expected.sha256}`;
  }
  if ("zip" in expected) return await checkArchive(expected.zip, bytes);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  if ("json" in expected) return mismatch(expected.json, parseExact(text));
  if ("jsonl" in expected) return mismatch(expected.jsonl, textLines(text).map(parseExact));
  if ("text" in expected) {
    return textMatches(expected.text, text)
      ? undefined
      : `text ${text.slice(0, 300)} is not ${expected.text}`;
  }
  throw new Error("unknown expectation");
}

/** Archives that are checked more than once, opened. */
const OPENED = new WeakMap<Uint8Array, Promise<ReadonlyMap<string, Uint8Array>>>();

/** The contents of an archive by their names, read by another reader than the one under test. */
async function openArchive(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  configure({ useWebWorkers: false });
  const archive = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true });
  const contents = new Map<string, Uint8Array>();
  for (const entry of await archive.getEntries()) {
    if (entry.directory) throw new Error(`${entry.filename} is a folder`);
    contents.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
  }
  return contents;
}

/** An archive has exactly the expected entries. */
async function checkArchive(
  expected: Readonly<Record<string, FileExpectation>>,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const opened = OPENED.get(bytes) ?? openArchive(bytes);
  OPENED.set(bytes, opened);
  const entries = await opened;
  const [names, wanted] = [[...entries.keys()].sort().join(), Object.keys(expected).sort().join()];
  if (names !== wanted) return `entries ${names}, expected ${wanted}`;
  for (const [name, inner] of Object.entries(expected)) {
    const found = await checkContent(inner, entries.get(name)!);
    if (found !== undefined) return `${name}: ${found}`;
  }
  return undefined;
}

/** The lines of a text that are not blank, with every line end that Unicode knows. */
function textLines(text: string): string[] {
  // deno-lint-ignore no-control-regex -- separators of files, groups and records end lines too
  return text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).filter((line) => line.trim() !== "");
}
