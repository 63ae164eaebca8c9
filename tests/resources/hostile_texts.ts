/** Hostile texts of one value: times, keys, paths, hosts, names. */
import { columns } from "../../lib/commands/text.ts";
import { commaList } from "../../lib/formats/text.ts";
import { variableKey } from "../../lib/gate/broker/issue.ts";
import { redact } from "../../lib/doctor/redact.ts";
import { placeOf } from "../../lib/evaluate/compare/place.ts";
import { compileGlob } from "../../lib/evaluate/glob.ts";
import { compilePathAllowlist, compilePathDenylist } from "../../lib/evaluate/path_list.ts";
import { ruleReasonCode } from "../../lib/evaluate/compile.ts";
import { urlHost } from "../../lib/intent/url_host.ts";
import { aTarget } from "../support/gate.ts";
import { normalizeRunId } from "../../lib/mcp/run_id.ts";
import { mediaTypeOf } from "../../lib/serve/media_type.ts";
import { readRequestPath } from "../../lib/serve/path.ts";
import { escapeControls } from "../../lib/formats/controls.ts";
import { parseDuration } from "../../lib/formats/duration.ts";
import { cleanPath } from "../../lib/formats/path.ts";
import { suggest } from "../../lib/formats/suggest.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { deriveFixtureName } from "../../lib/regress/fixture_name.ts";
import { decodeKeyText } from "../../lib/signing/keys.ts";
import { asReaders, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

const texts: Record<string, [make: (n: number) => string, read: (text: string) => unknown]> = {
  "durations": [(n) => "1".repeat(n) + "s", parseDuration],
  "durations of many parts": [(n) => "1s".repeat(n), parseDuration],
  "times with a long fraction": [(n) => `2026-01-01T00:00:00.${"0".repeat(n)}1Z`, (text) => parseTime(text)],
  "times that are none": [(n) => `2026-01-01T00:00:00.${"1".repeat(n)}`, (text) => parseTime(text)],
  "key text of blanks": [(n) => "a" + " ".repeat(n) + "b", (text) => decodeKeyText(text, 32, what)],
  "key text of line breaks": [
    (n) => "\n".repeat(n) + "a" + "\r".repeat(n),
    (text) => decodeKeyText(text, 32, what),
  ],
  "key text of many digits": [(n) => "AAAA".repeat(n), (text) => decodeKeyText(text, 32, what)],
  "variables of a broker": [(n) => "a" + "_".repeat(n) + "b", variableKey],
  "variables of a broker from dots": [(n) => "é" + "._-".repeat(n) + "b", variableKey],
  "names of fixtures from a run id": [(n) => "a" + "-".repeat(n) + "b", deriveFixtureName],
  "names of fixtures from dots": [(n) => ".".repeat(n) + "b" + "é.".repeat(n), deriveFixtureName],
  "reason codes of quotes": [(n) => "a" + '"'.repeat(n) + "b", ruleReasonCode],
  "paths": [(n) => "a/../".repeat(n) + "./".repeat(n), cleanPath],
  "paths that leave": [(n) => "../".repeat(n), cleanPath],
  ...Object.fromEntries(
    ["{a,", "[", "{", "*/", "{a,}", ".*", "/.{", "a~1/"].map((unit) => [
      `paths with patterns: ${unit}`,
      [(n: number) => `/srv/${unit.repeat(n)}`, heldToPathLists] as const,
    ]),
  ),
  "hosts of URLs": [(n) => `https://${"a.".repeat(n)}b:${"1".repeat(n)}/x`, urlHost],
  "hosts with escapes": [(n) => `https://${"%41".repeat(n)}/x`, urlHost],
  "hosts in brackets": [(n) => `https://[${"::".repeat(n)}]/x`, urlHost],
  "lists with commas": [(n) => ", ,a".repeat(n), commaList],
  "mistyped names": [(n) => "x".repeat(n), (text) => suggest(text, list(20, (i) => `name${i}`))],
  "unseen characters": [(n) => "\u202e\u0000".repeat(n), escapeControls],
};

/** Longer ones are refused unread. */
const CAPPED: ReadonlySet<string> = new Set(["durations", "durations of many parts", "mistyped names"]);

function heldToPathLists(value: string): void {
  const path = placeOf(aTarget({ value }), "/srv/ws").path!;
  compilePathDenylist(["/srv/*/b/**", "/srv/a*b*c"])(path);
  compilePathAllowlist(["/srv/**", "/srv/a*"])(path);
}

export const TEXTS: Readers = {
  ...asReaders(texts, CAPPED),
  "globs": {
    make: (n) => ["*a".repeat(20), "a".repeat(n)],
    read: ([pattern, text]) => compileGlob(pattern)!(text),
  },
  "globs of many classes": {
    make: (n) => "[a-z]".repeat(n),
    read: (pattern) => compileGlob(pattern)!("abc"),
  },
  "globs that are malformed": { make: (n) => "[".repeat(n), read: compileGlob },
  "media types with parameters": {
    make: (n) => `a/b${list(n, (i) => `;p${i}="${"\\\\"}"`).join("")}`,
    read: (text) => mediaTypeOf(text),
  },
  "paths of requests": {
    make: (n) => "/a/..//%2e".repeat(n),
    read: (text) => readRequestPath(text),
  },
  "run ids": { make: (n) => "/_".repeat(n), read: (text) => normalizeRunId(text) },
  "redacted texts": {
    make: (n) => "//".repeat(n) + "A1".repeat(n) + "/b1".repeat(n) + "@".repeat(n),
    read: (text) => redact(text, new Map([["A1A1", "x"], ["//", "y"]])),
  },
  "columns of long names": {
    make: (n) => [["x".repeat(n), "y"], ...list(n, (i) => [`${i}`, "y"])],
    read: (rows) => columns(rows).map((line) => line.map(({ text }) => text).join("")).join("\n"),
  },
};
