/** Hostile intents and the files beside them (docs/threat_model.md 8 to 12 and 14): never an allow. */
import assert from "node:assert/strict";
import { parseIntent } from "../../lib/intent/parse.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

/** All that can be allowed is allowed: what is refused here is refused because of the attack alone. */
const OPEN = "rules: [{name: all, effect: allow, rate_limit: {requests: 100}}]\n";
const CONTEXT = '"context": {"identity": "i", "workspace": "/w", "risk_class": "low"}';
const INTENT = `{"tool_name": "t", ${CONTEXT}}`;
const EVAL = argv`gate eval --policy policy.yaml --intent intent.json --trace-out out/trace.json`;

/** Decide, and see to it that nothing was allowed: no word of it, no trace. */
async function refused({ gait, files }: Stage, exit: number, ...flags: string[]): Promise<void> {
  const { code, stdout, json } = await gait`${EVAL} ${flags} --json`;
  assert.deepEqual([code, json.ok], [exit, false], stdout);
  assert.doesNotMatch(stdout, /"verdict":"allow"/);
  assert.ok(!(await files()).some((file) => file.startsWith("out/")), "a trace");
}

const call = (members: string) => `{"tool_name": "t", ${members}, ${CONTEXT}}`;
const args = (value: string) => call(`"args": {"a": ${value}}`);
const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part),
  );

const BAD_INTENTS: readonly (readonly [item: number, what: string, intent: string | Uint8Array])[] = [
  [8, "a tool twice", `{"tool_name": "t", "tool_name": "rm", ${CONTEXT}}`],
  [8, "a context twice", `{"tool_name": "t", ${CONTEXT}, ${CONTEXT}}`],
  [8, "a key twice, once escaped", `{"tool_name": "t", "tool\\u005fname": "rm", ${CONTEXT}}`],
  [8, "a key twice deep inside of args", args('{"b": [{"c": 1, "c": 2}]}')],
  [8, "two keys that are one after trimming", call('"args": {"a": 1, " a": 2}')],
  [8, "a key in other case", `{"Tool_Name": "rm", "tool_name": "t", ${CONTEXT}}`],
  [9, "NaN", args("NaN")],
  [9, "Infinity", args("-Infinity")],
  [9, "1e400", args("1e400")],
  [9, "400 digits", args("9".repeat(400))],
  [9, "01", args("01")],
  [9, "+1", args("+1")],
  [9, ".5", args(".5")],
  [9, "0x10", args("0x10")],
  [10, "a byte order mark", bytes([0xef, 0xbb, 0xbf], INTENT)],
  [10, "UTF-16", bytes([0xff, 0xfe, 0x7b, 0x00])],
  [10, "a NUL in the tool", INTENT.replace('"t"', '"t\\u0000rm"')],
  [10, "a NUL in the identity", INTENT.replace('"i"', '"i\\u0000root"')],
  [10, "a NUL in the workspace", INTENT.replace('"/w"', '"/w\\u0000/etc"')],
  [10, "a NUL in the tool of a step", call('"script": {"steps": [{"tool_name": "t\\u0000", "args": {}}]}')],
  [10, "a raw control character", INTENT.replace('"t"', '"t\u0001"')],
  [12, "20000 brackets", args("[".repeat(20_000) + "]".repeat(20_000))],
  [12, "20000 open brackets", "[".repeat(20_000)],
  [12, "20000 objects", '{"a":'.repeat(20_000)],
  [14, "a number for the tool", INTENT.replace('"t"', "7")],
  [14, "a list for the tool", INTENT.replace('"t"', '["t"]')],
  [14, "true for the identity", INTENT.replace('"i"', "true")],
  [14, "a list for args", call('"args": []')],
  [14, "a text for targets", call('"targets": "/etc/passwd"')],
  [14, "a target that is not an object", call('"targets": ["/etc/passwd"]')],
  [14, "a text for destructive", call('"targets": [{"kind": "path", "value": "/", "destructive": "false"}]')],
  [14, "a list for the context", '{"tool_name": "t", "context": []}'],
  [14, "a text after the end", INTENT + " x"],
  [14, "two documents", INTENT + INTENT],
  [14, "null", "null"],
  [14, "nothing", ""],
];

for (const [item, what, intent] of BAD_INTENTS) {
  Deno.test(`item ${item}: an intent with ${what} is refused`, () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", OPEN);
      await stage.write("intent.json", intent);
      await refused(stage, 6);
      await refused(stage, 6, "--simulate");
    }));
}

const DIGEST = "0".repeat(64);
const STATE = (counters: string) => `{"schema_id": "gait.gate.rate_limit_state", "counters": ${counters}}`;
const SIDE_FILES:
  readonly (readonly [item: number, what: string, flag: string, content: string | Uint8Array])[] = [
    [8, "counters twice", "--rate-limit-state", STATE('[{"key": "k", "count": 9}], "counters": []')],
    [8, "a count twice", "--rate-limit-state", STATE('[{"key": "k", "count": 9, "count": 0}]')],
    [9, "a count of 1e400", "--rate-limit-state", STATE('[{"key": "k", "count": 1e400}]')],
    [9, "a count of 1.5", "--rate-limit-state", STATE('[{"key": "k", "count": 1.5}]')],
    [9, "a count beyond 2^53", "--rate-limit-state", STATE('[{"key": "k", "count": 9007199254740993}]')],
    [10, "a byte order mark", "--rate-limit-state", bytes([0xef, 0xbb, 0xbf], STATE("[]"))],
    [12, "20000 brackets", "--rate-limit-state", "[".repeat(20_000)],
    [14, "a text as a count", "--rate-limit-state", STATE('[{"key": "k", "count": "0"}]')],
    [14, "counters that are no list", "--rate-limit-state", STATE('{"k": 1}')],
    [
      8,
      "an evidence mode twice",
      "--context-envelope",
      '{"context_set_id": "c", "evidence_mode": "required", "evidence_mode": "best_effort", "records": []}',
    ],
    [14, "an unknown member", "--context-envelope", '{"context_set_id": "c", "record": []}'],
    [14, "a text for records", "--context-envelope", '{"context_set_id": "c", "records": "r"}'],
    [8, "a key twice", "--config", "gate: {profile: oss-prod}\ngate: {profile: standard}\n"],
    [13, "an alias bomb", "--config", bombText()],
    [14, "a list for the profile", "--config", "gate: {profile: [standard]}\n"],
  ];

function bombText(): string {
  return Array.from({ length: 12 }, (_, i) => `l${i}: &l${i} [${Array(10).fill(i ? `*l${i - 1}` : "x")}]\n`)
    .join("");
}

for (const [item, what, flag, content] of SIDE_FILES) {
  Deno.test(`item ${item}: ${flag} with ${what} is refused`, () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", OPEN);
      await stage.write("intent.json", INTENT);
      await stage.write("side", content);
      await refused(stage, 6, flag, "side");
    }));
}

for (
  const [what, content] of [
    ["entries twice", '{"entries": [], "entries": []}'],
    ["entries that are no list", '{"entries": {}}'],
    ["an entry that is none", `{"entries": [{"pattern_id": "p", "script_hash": "${DIGEST}"}]}`],
    ["no JSON", "{"],
  ] as const
) {
  Deno.test(`items 8 and 14: a script registry with ${what} approves nothing, and blocks what is risky`, () =>
    onStage(async (stage) => {
      const script = call('"script": {"steps": [{"tool_name": "t", "args": {}}]}');
      await stage.write("policy.yaml", "default_verdict: block\n");
      await stage.write("registry.json", content);
      await stage.gait`keys init --out-dir k`;
      const flags = argv`--approved-script-registry registry.json
        --approved-script-public-key k/gait_public.key`;
      await stage.write("intent.json", script);
      const low = await stage.gait`${EVAL} ${flags} --json`;
      assert.deepEqual([low.code, low.json.verdict, low.json.pre_approved], [3, "block", undefined]);
      await Deno.remove(stage.path("out"), { recursive: true });
      await stage.write("intent.json", script.replace('"low"', '"high"'));
      await refused(stage, 3, ...flags);
    }));
}

Deno.test("item 9: numbers that a double can't distinguish are refused by what decides, and reported by what only displays", async () => {
  const digest = async (value: string) =>
    (await parseIntent(args(value), "intent", { numbers: "warn" })).argsDigest;
  assert.equal(await digest("9007199254740993"), await digest("9007199254740992"));
  assert.equal(await digest("-0"), await digest("0"));
  const equivalents = [
    "9007199254740993",
    "9007199254740992",
    "-0",
    "-0.0e5",
    "1e400",
    "1e23",
    "0.12345678901234567890123",
  ];
  for (const number of equivalents) {
    await assert.rejects(parseIntent(args(number)), { code: "invalid_input" }, number);
    if (number === "1e400") continue;
    const { rounded } = await parseIntent(args(number), "intent", { numbers: "warn" });
    assert(rounded?.includes('"args.a"'), rounded);
  }
  for (const number of ["0", "9007199254740991", "-9007199254740991", "0.1", "1e15", "-1.5"]) {
    assert.equal((await parseIntent(args(number))).rounded, undefined);
  }
});

Deno.test("item 10: lone surrogates and bad bytes are refused: all of them would become one character", async () => {
  const refused = { code: "invalid_input" };
  await assert.rejects(parseIntent(INTENT.replace('"t"', '"t\\ud800"')), refused);
  await assert.rejects(parseIntent(bytes('{"tool_name": "t', [0xff], `", ${CONTEXT}}`)), refused);
});

/** Look-alikes of `rm`, and of a domain and a path that a rule knows. */
for (
  const [what, intent, code] of [
    ["the tool itself", INTENT.replace('"t"', '"rm"'), 3],
    ["full-width letters", INTENT.replace('"t"', '"ｒｍ"'), 3], // the rule for rm is a guard: it holds for what looks so
    ["a zero-width space", INTENT.replace('"t"', '"r\\u200bm"'), 3],
    ["a Cyrillic letter", INTENT.replace('"t"', '"rм"'), 4],
    ["a soft hyphen", INTENT.replace('"t"', '"r\\u00adm"'), 3],
    ["a good tool", INTENT.replace('"t"', '"good"'), 0],
    ["a good tool with a zero-width joiner", INTENT.replace('"t"', '"good\\u200d"'), 4],
    ["a good tool after a BOM", INTENT.replace('"t"', '"\\ufeffgood"'), 4],
    ["the Kelvin sign", INTENT.replace('"t"', '"\\u212aill"'), 3], // lower case of it is k: the rule for kill holds
  ] as const
) {
  Deno.test(`item 11: ${what} is ${code === 0 ? "allowed" : "not allowed"}: only the very name has the right`, () =>
    onStage(async ({ gait, write }) => {
      await write(
        "policy.yaml",
        "rules:\n- {name: b, effect: block, match: {tool_names: [rm, kill]}}\n" +
          "- {name: a, effect: allow, match: {tool_names: [good]}}\n",
      );
      await write("intent.json", intent);
      assert.equal((await gait(...EVAL)).code, code);
    }));
}

Deno.test("item 11: domains and paths that look alike do not pass an allow list", () =>
  onStage(async ({ gait, write }) => {
    await write(
      "policy.yaml",
      "rules: [{name: a, effect: allow, endpoint: {domain_allowlist: [api.example.com], path_allowlist: [/srv/é/**]}}]\n",
    );
    const target = (kind: string, value: string) =>
      call(`"targets": [${JSON.stringify({ kind, value, operation: "read" })}]`);
    for (
      const [kind, value, code] of [
        ["url", "https://api.example.com/x", 0],
        ["url", "https://api.exаmple.com/x", 3],
        ["url", "https://api.example.com\u3002evil.test/x", 3],
        ["url", "https://api.example.com@evil.test/x", 3],
        ["host", "api.example.com.evil.test", 3],
        ["path", "/srv/\u00e9/a", 0],
        ["path", "/srv/e\u0301/a", 3],
      ] as const
    ) {
      await write("intent.json", target(kind, value));
      assert.equal((await gait(...EVAL)).code, code, value);
    }
    const [composed, decomposed] = await Promise.all(
      ["/srv/\u00e9", "/srv/e\u0301"].map((path) => parseIntent(target("path", path))),
    );
    assert.notEqual(composed!.targets[0]!.value, decomposed!.targets[0]!.value);
  }));
