/** Hostile JSON, lines of JSON, and what is read to find JSON. */
import { findDocuments } from "../../lib/conversation/document_spans.ts";
import { linesOf } from "../../lib/effects/lines.ts";
import { parseJsonc } from "../../lib/formats/jsonc.ts";
import { planInstall } from "../../lib/mcp/install/plan.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { canonicalize, readJson, readJsonLines } from "../../lib/formats/json/mod.ts";
import { inTemporaryFile, named, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

const strictly = (text: string | Uint8Array) =>
  readJson(text, { what, duplicates: "refuse", numbers: "exact" });

const strict: Record<string, (n: number) => string> = {
  "a number of many digits": (n) => `[0.1${"0".repeat(n)}1]`,
  "a whole number of many digits": (n) => `[${"9".repeat(n)}]`,
  "a number of zeros": (n) => `[${"1" + "0".repeat(n)}.${"0".repeat(n)}]`,
  "an exponent of many digits": (n) => `[1e-${"0".repeat(n)}1]`,
  "many numbers": (n) => JSON.stringify(list(n, (i) => i + 0.5)),
  "a text of backslashes": (n) => `["${"\\\\".repeat(n)}",1234567]`,
  "a text of escaped quotes": (n) => `["${'\\"'.repeat(n)}",1234567]`,
  "half characters": (n) => `["${"\\ud800".repeat(n)}"]`,
  "many keys": (n) => `{${list(n, (i) => `"k${i}":1`)}}`,
  "keys with escapes": (n) => `{${list(n, (i) => `"\\u006b${i}\\\\":1`)}}`,
  "a key with many escapes": (n) => `{"${"\\u0061".repeat(n)}":1}`,
  "open brackets": (n) => "[".repeat(n),
  "brackets that nest too deep": (n) => "[".repeat(n) + "]".repeat(n),
  "many objects": (n) => `[${list(n, () => '{"a":{}}')}]`,
  "blanks": (n) => " ".repeat(n) + "1" + "\n".repeat(n),
  "a text that is not JSON": (n) => '"' + "x".repeat(n),
};

/** What looks like documents to who counts brackets. */
const rows: Record<string, (n: number) => string> = {
  "objects": (n) => "{}".repeat(n),
  "commas before brackets": (n) => `[${"[1,],".repeat(n)}]`,
  "quotes and backslashes": (n) => '"\\\\\\""'.repeat(n),
  "a text without an end": (n) => `{"${"a".repeat(n)}`,
  "lists without an end": (n) => "[".repeat(n),
};

const commented: Record<string, (n: number) => string> = {
  "comments": (n) => "/* x */ // y\n".repeat(n) + "1",
  "comments in a comment": (n) => "1 /*" + "/* ".repeat(n) + "*/",
  "escapes": (n) => `"${"\\\\".repeat(n)}"`,
  "members": (n) => `{${list(n, (i) => `"k${i}": [1, 2,], // x\n`).join("")}}`,
};

export const JSON_INPUTS: Readers = {
  ...named("JSON: ", strict, strictly),
  ...named("documents in a row: ", rows, findDocuments),
  "JSON: bad UTF-8": { make: (n) => new Uint8Array(n).fill(0xc3), read: (bytes) => strictly(bytes) },
  "canonical JSON: keys": {
    make: (n) => Object.fromEntries(list(n, (i) => [`k${n - i}`, [i]])),
    read: canonicalize,
  },
  "JSONL: blank lines": {
    make: (n) => utf8("\n".repeat(n) + " \r\n".repeat(n)),
    read: (bytes) => [...readJsonLines(bytes, what)],
  },
  "JSONL: records": {
    make: (n) => utf8('{"a":1}\n'.repeat(n)),
    read: (bytes) => [...readJsonLines(bytes, what)],
  },
  "lines of a file": {
    make: (n) => utf8("x\n\n".repeat(n)),
    read: (bytes) => inTemporaryFile(bytes, (path) => [...linesOf(path, 1000)]),
  },
  ...named("JSON with comments: ", commented, (text) => parseJsonc(text, what)),
  "JSON with comments: servers of a client": {
    size: 300,
    make: (n) =>
      JSON.stringify({
        mcpServers: Object.fromEntries(list(n, (i) => [`s${i}`, { command: "x", args: ["y"] }])),
      }),
    read: (text) =>
      planInstall({ what, text, backup: text, member: "mcpServers" }, [], {
        program: "gait",
        argumentsOf: (name) => ["mcp", "gateway", name],
      }),
  },
};
