/**
 * `deno run -A scripts/import_conformance.ts [folder]`: write testdata/conformance from recorded cases, which are in
 * ../shared/conformance/cases unless another folder is named. A case is a folder there, with `case.json` and its
 * inputs, and one file here (tests/conformance/case.ts). With `--check`, only compare and exit 1 when a file differs.
 */
import { bytesOf, CASES, type Input, parseCase } from "../tests/conformance/case.ts";
import { filesBelow, repository } from "../tests/support/places.ts";

const WIDTH = 110;

/** Every case as a file: its path below testdata/conformance, and its text. */
export async function importCases(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of await filesBelow(folder, /^case\.json$/)) {
    const own = path.slice(0, -"/case.json".length);
    files.set(`${own.slice(folder.length + 1)}.json`, await importCase(own));
  }
  return files;
}

async function importCase(folder: string): Promise<string> {
  const text = await Deno.readTextFile(`${folder}/case.json`);
  if (text.includes("{case}")) throw new Error(`${folder}: there is no folder of a case here`);
  const original = JSON.parse(
    text,
    (_, value, { source } = { source: "" }) =>
      typeof value === "number" && String(value) !== source ? rawJson(source) : value,
  );
  // `capture`, and `keep` of a step, say how a case was recorded, not what is expected of it.
  const { capture: _, about, env, steps, files, ...unknown } = original;
  const inputs = await importInputs(`${folder}/input`);
  const own = steps.map(({ keep: _, ...step }: Record<string, unknown>) => step);
  const written = printJson({ about, env, inputs, steps: own, files, ...unknown }) + "\n";
  parseCase(written); // throws on what the runner does not know
  return written;
}

async function importInputs(folder: string): Promise<Record<string, Input> | undefined> {
  const inputs: Record<string, Input> = {};
  if (await Deno.stat(folder).catch(() => undefined) === undefined) return undefined;
  for (const path of await filesBelow(folder, /(?:)/)) {
    const bytes = await Deno.readFile(path);
    const input = inputOf(bytes);
    if (bytesOf(input).toHex() !== bytes.toHex()) throw new Error(`${path} would lose its bytes`);
    inputs[path.slice(folder.length + 1)] = input;
  }
  return inputs;
}

/** The form of a file that reads best and gives back its bytes. */
function inputOf(bytes: Uint8Array<ArrayBuffer>): Input {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: bytes.toBase64() };
  }
  const lines = text.split("\n");
  const asLines = text.endsWith("\n") ? lines.slice(0, -1) : text;
  try {
    const asJson = { json: JSON.parse(text) };
    return new TextDecoder().decode(bytesOf(asJson)) === text ? asJson : asLines;
  } catch {
    return asLines;
  }
}

/** JSON with a line for every command line, and for every value that fits into one. */
function printJson(value: unknown, indent = "", name = ""): string {
  const line = printLine(value);
  if (typeof value !== "object" || value === null || isRaw(value) || name === "args") return line;
  if (indent.length + name.length + line.length <= WIDTH) return line;
  const inner = indent + " ";
  const rows = Array.isArray(value)
    ? value.map((item) => inner + printJson(item, inner))
    : members(value).map(([name, item]) =>
      `${inner}${JSON.stringify(name)}: ${printJson(item, inner, name)}`
    );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${rows.join(",\n")}\n${indent}${close}`;
}

function printLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLine).join(", ")}]`;
  if (typeof value !== "object" || value === null || isRaw(value)) return JSON.stringify(value);
  const inner = members(value).map(([name, item]) => `${JSON.stringify(name)}: ${printLine(item)}`);
  return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`;
}

function members(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

/** A number as it is written; TypeScript does not know these two functions of JSON yet. */
const { rawJSON: rawJson, isRawJSON: isRaw } = JSON as unknown as {
  rawJSON(source: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/** What differs between a folder of recorded cases and ours: `stale`, `missing` or `left over`, by path. */
export async function compareCases(folder: string): Promise<Map<string, string>> {
  const wanted = await importCases(folder);
  const differences = new Map<string, string>();
  for (const path of await filesBelow(CASES, /\.json$/)) {
    const name = path.slice(CASES.length + 1);
    const text = wanted.get(name);
    if (text === undefined) differences.set(name, "left over");
    else if (await Deno.readTextFile(path) !== text) differences.set(name, "stale");
    wanted.delete(name);
  }
  for (const name of wanted.keys()) differences.set(name, "missing");
  return differences;
}

if (import.meta.main) {
  const named = Deno.args.find((arg) => !arg.startsWith("--"));
  const folder = named ?? `${repository}../shared/conformance/cases`;
  const differences = await compareCases(folder);
  if (Deno.args.includes("--check")) {
    for (const [name, difference] of differences) {
      console.error(`testdata/conformance/${name} is ${difference}`);
    }
    if (differences.size > 0) Deno.exit(1);
  } else {
    const texts = await importCases(folder);
    for (const [name, difference] of differences) {
      const path = `${CASES}/${name}`;
      if (difference === "left over") await Deno.remove(path);
      else {
        await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
        await Deno.writeTextFile(path, texts.get(name)!);
      }
    }
  }
}
