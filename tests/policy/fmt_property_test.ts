/** `policy fmt` on policies of all shapes: the meaning, every comment and every usable anchor stay (docs/spec/gate.md 6.1). */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPolicy } from "../../lib/policy/format.ts";
import { readPolicyDocument } from "../../lib/policy/read_document.ts";

/** Texts that a writer of YAML gets wrong. */
const awkward = fc.oneof(
  fc.constantFrom(
    ...[
      "true",
      "No",
      "~",
      "null",
      "1.0",
      "0x1F",
      "017",
      "1e3",
      "12:30",
      "2026-01-01",
      "<<",
      "=",
      "- a",
      "? b",
      ": c",
    ],
    ...[
      "a: b",
      "a #b",
      "#c",
      "---",
      "...",
      "&a",
      "*a",
      "!t",
      "|",
      ">",
      "%d",
      "@e",
      "`f",
      "'g'",
      '"h"',
      "\\",
      "[i",
      "{j",
    ],
    ...[
      "a\nb",
      "a\n\n  b",
      "\ta",
      "a\tb",
      "a\rb",
      "a\u0085b",
      "\u2028",
      "\ufeff",
      "\u{1F600}",
      "\u0301e",
      "ﬁ",
      "\u200b",
    ],
    ...[
      "__proto__",
      "constructor",
      "x".repeat(300),
      "a  b",
      "é",
      ",",
      "]",
      "}",
      "-",
      "?",
      ":",
      ".5",
      "+1",
      "1_000",
      ".inf",
    ],
    ...["# x\n# y", "a\n# b", "|-\n x", "key:\n  - x", "\\n", "y", "ON"],
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
/** JSON strings are double-quoted scalars, but for DEL and C1 controls, which YAML wants escaped. */
const scalar = awkward.map((text) =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029]/g,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  )
);

const LISTS = [
  "tool_names",
  "risk_classes",
  "target_values",
  "data_classes",
  "identities",
  "workspace_prefixes",
];

/** Text of a rule as lines; `anchor` counts up so that names are new, and aliases look back. */
interface Draft {
  readonly lines: string[];
  readonly anchors: { list: string[]; text: string[]; match: string[] };
  comments: number;
}

/** A policy written in many styles, made of a stream of choices. */
const policyText = fc.tuple(
  fc.array(fc.nat(999), { minLength: 40, maxLength: 400 }),
  fc.array(scalar, { minLength: 3, maxLength: 30 }),
  fc.constantFrom("\n", "\r\n"),
).map(([choices, scalars, newline]) => {
  let at = 0;
  const pick = (n: number) => choices[at++ % choices.length]! % n;
  const text = () => scalars[pick(scalars.length)]!;
  const draft: Draft = { lines: [], anchors: { list: [], text: [], match: [] }, comments: 0 };
  const { lines, anchors } = draft;
  const comment = () => `# c${draft.comments++}.`;
  const behind = () => pick(4) === 0 ? ` ${comment()}` : "";
  const above = (indent: string) => {
    while (pick(5) === 0) lines.push(indent + comment());
    if (pick(8) === 0) lines.push("");
  };
  const anchor = (kind: keyof Draft["anchors"]) => {
    if (pick(3) > 0) return "";
    const name = `${kind}${anchors[kind].length}`;
    anchors[kind].push(name);
    return `&${name} `;
  };
  const alias = (kind: keyof Draft["anchors"]) =>
    anchors[kind].length > 0 && pick(3) === 0 ? `*${anchors[kind][pick(anchors[kind].length)]}` : undefined;

  const block = (head: string, indent: string) => [
    `${head} ${anchor("text")}${["|", "|-", ">", ">-", "|+"][pick(5)]}${behind()}`,
    ...["# no comment", "", "b | c: # d", "  - e"].slice(pick(3)).map((line) =>
      line === "" ? "" : indent + line
    ),
  ];

  function list(head: string, indent: string): void {
    const same = alias("list");
    const items = Array.from({ length: pick(4) }, text);
    const style = items.length === 0 ? 0 : pick(4);
    if (same) lines.push(`${head} ${same}${behind()}`);
    else if (style < 2) {
      lines.push(`${head} ${anchor("list")}[${items.join(", ")}]${behind()}`);
    } else if (style === 2) {
      lines.push(`${head} ${anchor("list")}[${behind()}`);
      for (const item of items) {
        above(indent + "    ");
        lines.push(`${indent}    ${alias("text") ?? anchor("text") + item},${behind()}`);
      }
      lines.push(`${indent}  ]${behind()}`);
    } else {
      lines.push(`${head} ${anchor("list").trim()}${behind()}`);
      for (const item of items) {
        above(indent + "  ");
        if (pick(5) === 0) lines.push(...block(`${indent}  -`, indent + "    "));
        else lines.push(`${indent}  - ${alias("text") ?? anchor("text") + item}${behind()}`);
      }
    }
  }

  function match(indent: string): void {
    const same = alias("match");
    if (same) return void lines.push(`${indent}match: ${same}${behind()}`);
    lines.push(`${indent}match: ${anchor("match").trim()}${behind()}`);
    const keys = LISTS.filter(() => pick(3) === 0);
    if (keys.length === 0) keys.push("tool_names");
    for (const key of keys) {
      above(indent + "  ");
      list(`${indent}  ${key}:`, indent + "  ");
    }
  }

  if (pick(2) === 0) lines.push(comment(), "");
  if (pick(3) === 0) lines.push("---");
  above("");
  if (pick(2) === 0) lines.push(`default_verdict: block${behind()}`);
  above("");
  lines.push(`rules:${behind()}`);
  const rules = 1 + pick(5);
  for (let i = 0; i < rules; i++) {
    above("  ");
    if (pick(5) === 0) {
      lines.push(`  - {name: "r${i}", effect: block}${behind()}`);
      continue;
    }
    const parts = [
      () => lines.push(`    name: ${pick(3) === 0 ? `"r" ` : `"n${pick(9)}"`}${behind()}`),
      () => lines.push(`    effect: ${["allow", "BLOCK", " dry_run"][pick(3)]}${behind()}`),
      () => lines.push(`    priority: ${pick(3)}${behind()}`),
      () => match("    "),
      () => list("    reason_codes:", "    "),
      () =>
        pick(3) === 0
          ? lines.push(...block("    broker_reference:", "      "))
          : lines.push(`    broker_reference: ${alias("text") ?? anchor("text") + text()}${behind()}`),
    ].filter((_, i) => i < 2 || pick(2) === 0);
    if (pick(2) === 0) parts.reverse();
    const from = lines.length;
    parts.forEach((part, i) => {
      if (i > 0) above("    ");
      part();
    });
    lines[from] = lines[from]!.replace("    ", "  - ");
  }
  above("");
  return { text: lines.map((line) => line + newline).join(""), comments: draft.comments };
});

Deno.test("policy fmt keeps the meaning and every comment, and formatting again changes nothing", async () => {
  let anchored = 0;
  await fc.assert(
    fc.asyncProperty(policyText, async ({ text, comments }) => {
      const before = await readPolicyDocument(text, "p");
      const { formatted, digest } = await formatPolicy(text, "p");
      assert.deepEqual((await readPolicyDocument(formatted, "p")).document, before.document);
      const kept = [...formatted.matchAll(/# (c\d+\.)/g)].map((found) => found[1]!);
      assert.equal(new Set(kept).size, comments, formatted);
      assert.equal(kept.length, comments);
      const again = await formatPolicy(formatted, "p");
      assert.equal(again.formatted, formatted);
      assert.deepEqual([again.changed, again.digest], [false, digest]);
      if (/^[ -]*(?:\w+:|-) \*\w+/m.test(formatted)) anchored++;
    }),
    { numRuns: 400 },
  );
  assert.ok(anchored > 20, "aliases must survive in many of them");
});
