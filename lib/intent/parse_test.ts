import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { inContext, request } from "./_test_requests.ts";
import { intentDigest } from "./digest.ts";
import { parseIntent } from "./parse.ts";

const INVALID = { code: "invalid_input" };
const refused = (input: JsonObject | string) =>
  assert.rejects(parseIntent(input), INVALID, JSON.stringify(input));

const TARGET = { kind: "path", value: "/a" };
const ORIGIN = { arg_path: "$.a", source: "user" };
const SKILL = { skill_name: "s", source: "git", publisher: "p" };
const inTarget = (members: JsonObject) => request({ targets: [TARGET, { ...TARGET, ...members }] });
const inOrigin = (members: JsonObject) => request({ arg_provenance: [{ ...ORIGIN, ...members }] });
const inSkill = (members: JsonObject) => request({ skill_provenance: { ...SKILL, ...members } });
const inDelegation = (members: JsonObject) =>
  request({ delegation: { requester_identity: "c", ...members } });
const link = (from: string, to: string, more: JsonObject = {}) => ({
  delegator_identity: from,
  delegate_identity: to,
  ...more,
});
const steps = (count: number) => request({ script: { steps: Array(count).fill({ tool_name: "a" }) } });

/** Each request with the field that its error names. */
const BAD: readonly (readonly [field: string, request: JsonObject])[] = [
  ["tool_name", request({ tool_name: " \u0085" })],
  ["tool_name", request({ tool_name: 5 })],
  ["schema_id", request({ schema_id: 5 })],
  ["producer_version", request({ producer_version: {} })],
  ["intent_digest", request({ intent_digest: [] })],
  ["created_at", request({ created_at: "yesterday" })],
  ["created_at", request({ created_at: "2026-03-01" })],
  ["created_at", request({ created_at: 0 })],
  ["args", request({ args: [] })],
  ["args", request({ args: { a: { " ": 1 } } })],
  ["args", request({ args: { a: 1, " a": 1 } })],
  ["args", request({ args: { a: [{ b: 1, "b\u3000": 1 }] } })],
  ["relationship", request({ relationship: [] })],
  ["relationship", request({ relationship: { parent_ref: 5 } })],
  ["context", request({ context: null })],
  ["context", request({ context: [] })],
  ["context.identity", inContext({ identity: "" })],
  ["context.workspace", inContext({ workspace: " " })],
  ["context.risk_class", inContext({ risk_class: null })],
  ["context.phase", inContext({ phase: "prepare" })],
  ["context.job_id", inContext({ job_id: 1 })],
  ["context.auth_context", inContext({ auth_context: { "": 1 } })],
  ["context.credential_scopes", inContext({ credential_scopes: "a" })],
  ["context.context_refs[1]", inContext({ context_refs: ["a", 1] })],
  ["context.context_set_digest", inContext({ context_set_digest: "abc" })],
  ["context.context_evidence_mode", inContext({ context_evidence_mode: "always" })],
  ["targets", request({ targets: {} })],
  ["targets[0]", request({ targets: ["/a"] })],
  ["targets[0]", request({ targets: [null] })],
  ["targets[1].kind", inTarget({ kind: "" })],
  ["targets[1].kind", inTarget({ kind: "file" })],
  ["targets[1].value", inTarget({ value: " " })],
  ["targets[1].operation", inTarget({ operation: 1 })],
  ["targets[1].endpoint_class", inTarget({ endpoint_class: "net.tcp" })],
  ["targets[1].discovery_method", inTarget({ discovery_method: "gossip" })],
  ["targets[1].destructive", inTarget({ destructive: "true" })],
  ["targets[1].open_world_hint", inTarget({ open_world_hint: 1 })],
  ["arg_provenance[0].arg_path", inOrigin({ arg_path: " " })],
  ["arg_provenance[0].source", inOrigin({ source: "" })],
  ["arg_provenance[0].source", inOrigin({ source: "web" })],
  ["arg_provenance[0].integrity_digest", inOrigin({ integrity_digest: "zz" })],
  ["skill_provenance.skill_name", inSkill({ skill_name: "" })],
  ["skill_provenance.source", inSkill({ source: " " })],
  ["skill_provenance.publisher", inSkill({ publisher: null })],
  ["skill_provenance.digest", inSkill({ digest: "1" })],
  ["delegation.requester_identity", inDelegation({ requester_identity: "" })],
  ["delegation.chain[0].delegate_identity", inDelegation({ chain: [link("a", "")] })],
  ["delegation.chain[0].delegator_identity", inDelegation({ chain: [link("", "c")] })],
  ["delegation.chain[1].delegator_identity", inDelegation({ chain: [link("a", "b"), link("x", "c")] })],
  ["delegation.chain", inDelegation({ chain: [link("a", "b")] })],
  [
    "delegation.expires_at",
    inDelegation({ issued_at: "2026-01-02T00:00:00Z", expires_at: "2026-01-02T01:00:00+01:00" }),
  ],
  [
    "delegation.chain[0].expires_at",
    inDelegation({
      chain: [link("a", "c", { issued_at: "2026-01-02T00:00:00.5Z", expires_at: "2026-01-02T00:00:00.25Z" })],
    }),
  ],
  ["delegation.token_refs", inDelegation({ token_refs: {} })],
  ["script", request({ script: [] })],
  ["script.steps", request({ script: {} })],
  ["script.steps", steps(0)],
  ["script.steps", steps(65)],
  ["script.steps[0].tool_name", request({ script: { steps: [{ tool_name: " " }] } })],
  [
    "script.steps[0].targets[0].kind",
    request({ script: { steps: [{ tool_name: "a", targets: [{ value: "x" }] }] } }),
  ],
];

Deno.test("parseIntent() refuses what can't be normalised, and names the field", async () => {
  for (const [field, input] of BAD) {
    await assert.rejects(parseIntent(input, "intent"), (error: GaitError) => {
      assert.equal(error.code, "invalid_input");
      assert.ok(error.message.startsWith(`Cannot read intent: ${field}: `), `${field}: ${error.message}`);
      return true;
    });
  }
});

Deno.test("parseIntent() refuses bytes that are no strict JSON object", async () => {
  const whole = JSON.stringify(request());
  const twice = whole.replace('"tool_name":', '"tool_name":"safe.read","tool_name":');
  const inside = whole.replace('"t"', '"t","args":{"a":1,"a":2}');
  const escaped = whole.replace('"t"', '"t","args":{"a":1,"\\u0061":2}');
  const huge = whole.replace('"t"', '"t","args":{"a":1e400}');
  for (
    const text of [
      "",
      "[]",
      "null",
      "5",
      whole.slice(0, -1),
      whole + "{}",
      "\ufeff" + whole,
      twice,
      inside,
      escaped,
      huge,
    ]
  ) {
    await refused(text);
  }
  await assert.rejects(parseIntent(twice), { detail: "duplicate_json_key" });
});

Deno.test("parseIntent() refuses known members in other case, which other readers would take", async () => {
  const lookalikes = [
    "Targets",
    "SCRIPT",
    "tool_Name",
    "arg_provenance".replace("n", "N"),
    "\u017fcript",
    "s\u212aill_provenance",
  ];
  for (const name of lookalikes) await refused({ ...request(), [name]: null });
  await refused(inTarget({ Destructive: true }));
  await refused(inContext({ Phase: "plan" }));
  await refused(inOrigin({ Source: "user" }));
  await refused(inSkill({ Digest: "" }));
  await refused(inDelegation({ Chain: [] }));
  await refused(inDelegation({ chain: [link("a", "c", { Token_ref: "" })] }));
  await refused(request({ script: { steps: [{ tool_name: "a", Args: {} }] } }));
  await parseIntent({ ...request(), other: 1, constructor: 2, toString: 3 });
});

Deno.test("parseIntent() takes 1 to 64 steps, calls the intent script and merges what the steps touch", async () => {
  assert.equal((await parseIntent(steps(64))).script?.steps.length, 64);
  const step = (value: string) => ({
    tool_name: " Notes.READ ",
    targets: [{ kind: "path", value }],
    arg_provenance: [{ ...ORIGIN, arg_path: value }],
  });
  const script = { steps: [step("/b"), step("/a"), step("/b")] };
  const merged = await parseIntent(request({ tool_name: "", script }));
  assert.equal(merged.toolName, "script");
  assert.deepEqual(merged.script?.steps.map((one) => one.toolName), Array(3).fill("notes.read"));
  assert.deepEqual(merged.script?.steps.map((one) => one.targets[0]?.value), ["/b", "/a", "/b"]);
  assert.deepEqual(merged.targets.map((target) => target.value), ["/a", "/b"]);
  assert.deepEqual(merged.provenance.map((origin) => origin.argPath), ["/a", "/b"]);
  const explicit = await parseIntent(request({ script, targets: [{ kind: "path", value: "/other" }] }));
  assert.deepEqual(explicit.targets.map((target) => target.value), ["/other"]);
  assert.equal(explicit.script?.hash, merged.script?.hash);
});

Deno.test("parseIntent() classifies targets by the tool of their step, top-level ones by the name script", async () => {
  const targets = [{ kind: "path", value: "/a" }];
  const intent = await parseIntent(
    request({ tool_name: "x.read", targets, script: { steps: [{ tool_name: "x.read", targets }] } }),
  );
  assert.equal(intent.script?.steps[0]?.targets[0]?.endpointClass, "fs.read");
  assert.equal(intent.targets[0]?.endpointClass, "other");
});

Deno.test("parseIntent() trims texts and keys of args, and keeps all else", async () => {
  const args: JsonObject = JSON.parse(
    '{" a ":" x\\u0085","l":[" y ",{"k\\t":" z"},null],"n":1.50,"__proto__":{" b":1}}',
  );
  const intent = await parseIntent(request({ args }));
  assert.equal(JSON.stringify(intent.args), '{"a":"x","l":["y",{"k":"z"},null],"n":1.5,"__proto__":{"b":1}}');
  assert.equal(Object.getPrototypeOf(intent.args), Object.prototype);
  args["l"] = "changed later";
  assert.deepEqual(intent.args["l"], ["y", { k: "z" }, null]);
});

Deno.test("parseIntent() refuses keys that become equal when trimmed, wherever they stand and in either order", async () => {
  for (const pair of [{ "a": 1, " a": 2 }, { "a ": 2, "a": 1 }, { "a\u0085": 1, "\ta": 1 }]) {
    await refused(request({ args: pair }));
    await refused(request({ args: { list: [{ deep: pair }] } }));
    await refused(inContext({ auth_context: { "wrkr.tool_name": "t", more: pair } }));
    await refused(request({ script: { steps: [{ tool_name: "t", args: pair }] } }));
  }
  // What only looks alike stays apart.
  await parseIntent(request({ args: { "a": 1, "A": 2, "\ufeffa": 3 } }));
});

Deno.test("parseIntent() writes times in UTC and leaves an absent one the zero time", async () => {
  const createdAt = async (value: JsonValue) => (await parseIntent(request({ created_at: value }))).createdAt;
  assert.equal(await createdAt("2026-03-01T10:00:00.500+02:00"), "2026-03-01T08:00:00.5Z");
  assert.equal(await createdAt(null), "0001-01-01T00:00:00Z");
});

Deno.test("parseIntent() refuses lone surrogates, which would all have one digest; policy test warns", async () => {
  const text = JSON.stringify(request()).replace('"t"', '"t","args":{"a":"\\ud800"}');
  await assert.rejects(parseIntent(text), INVALID);
  const intent = await parseIntent(text, "intent", { numbers: "warn" });
  assert.deepEqual(intent.args, { a: "\ufffd" });
  assert.notEqual(intent.rounded, undefined);
  await refused(request({ args: { a: "\ud800" } }));
});

Deno.test("parseIntent() takes args of depth 999 and refuses deeper ones, from a file or a program", async () => {
  // The request itself is one level.
  const nested = (depth: number) => JSON.parse('{"a":'.repeat(depth) + "1" + "}".repeat(depth));
  for (const make of [(input: JsonObject) => JSON.stringify(input), (input: JsonObject) => input]) {
    const intent = await parseIntent(make(request({ args: nested(999) })));
    await intentDigest(intent);
    const deeper = async () => intentDigest(await parseIntent(make(request({ args: nested(1000) }))));
    await assert.rejects(deeper, INVALID);
  }
  await refused(request({ args: nested(20_000) }));
  await refused(request({ args: { a: JSON.parse("[".repeat(5000) + "]".repeat(5000)) } }));
});

Deno.test("parseIntent() never fails with anything but invalid_input", async () => {
  const names = [
    "tool_name",
    "args",
    "targets",
    "script",
    "steps",
    "context",
    "delegation",
    "chain",
    "kind",
    "value",
  ];
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), tie("object"), fc.array(tie("value"), { maxLength: 3 })),
    object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie("value"), { maxKeys: 4 }),
  })).object as fc.Arbitrary<JsonObject>;
  await fc.assert(fc.asyncProperty(json, async (noise) => {
    for (const input of [noise, { ...request(), ...noise }, JSON.stringify({ ...request(), ...noise })]) {
      try {
        await intentDigest(await parseIntent(input));
      } catch (error) {
        assert.ok(error instanceof GaitError && error.code === "invalid_input", String(error));
      }
    }
  }));
});

Deno.test("parseIntent() says what an intent needs when any of it is missing", async () => {
  const missing = [
    request({ tool_name: "" }),
    request({ context: null }),
    inContext({ identity: "" }),
    inContext({ risk_class: null }),
  ];
  for (const bytes of missing) {
    await assert.rejects(parseIntent(bytes), {
      hint: /tool_name, and context with identity, workspace and risk_class/,
    });
  }
});
