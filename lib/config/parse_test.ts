import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../formats/bytes.ts";
import { YamlError } from "../formats/yaml/mod.ts";
import { parseDefaults } from "./parse.ts";
import { NO_DEFAULTS, SECTIONS, type ValueKind } from "./sections.ts";

const parse = (text: string | Uint8Array) =>
  parseDefaults(typeof text === "string" ? utf8(text) : text, ".gait/config.yaml");

const keysOf = (kind: ValueKind) =>
  Object.entries(SECTIONS.gate).flatMap(([key, value]) => value === kind ? [key] : []);

/** The place that a text is refused at. */
async function refusedAt(text: string | Uint8Array): Promise<string> {
  try {
    await parse(text);
  } catch (error) {
    assert.ok(error instanceof YamlError && error.code === "invalid_input", String(error));
    return `${error.place.line}:${error.place.column}`;
  }
  assert.fail(`accepted: ${text}`);
}

Deno.test("parseDefaults() gives the values of a section, and nothing for an empty file", async () => {
  for (
    const text of ["", "  \n", "# only this\n", "{}", "gate:", "gate: {}", "---\n", "gate: ~\nretention:\n"]
  ) {
    assert.deepEqual(await parse(text), NO_DEFAULTS, text);
  }
  const found = await parse(
    "gate:\n  policy: ' p.yaml '\n  credential_ref: 42\n  profile:\n  single_use_approvals: True\n  refuse_self_approval: false\n",
  );
  assert.deepEqual(found, {
    ...NO_DEFAULTS,
    gate: { policy: "p.yaml", credential_ref: "42", single_use_approvals: true, refuse_self_approval: false },
  });
});

Deno.test("parseDefaults() reads every section", async () => {
  const text = "mcp_serve: {enabled: true, listen: '127.0.0.1:1', auth_mode: token, auth_token_env: T, " +
    "max_request_bytes: 1_048_576, http_verdict_status: strict, allow_client_artifact_paths: false}\n" +
    "retention: {trace_ttl: 168h, session_ttl: 336h, export_ttl: 168h}\n";
  assert.deepEqual(await parse(text), {
    gate: {},
    mcp_serve: {
      enabled: true,
      listen: "127.0.0.1:1",
      auth_mode: "token",
      auth_token_env: "T",
      max_request_bytes: 1_048_576,
      http_verdict_status: "strict",
      allow_client_artifact_paths: false,
    },
    retention: { trace_ttl: "168h", session_ttl: "336h", export_ttl: "168h" },
  });
  assert.equal(await refusedAt("mcp_serve: {enabled: yes}"), "1:22");
  for (const value of ["many", "1.5", "1e3", "'1.0'"]) {
    assert.equal(await refusedAt(`mcp_serve: {max_request_bytes: ${value}}`), "1:32", value);
  }
  assert.equal(await refusedAt("mcp_serve: {listenn: x}"), "1:13");
  assert.equal(await refusedAt("retention: {trace_ttl: [168h]}"), "1:24");
});

Deno.test("parseDefaults() refuses sections and keys that it doesn't know, with what was meant", async () => {
  for (
    const [text, place, meant] of [
      ["gates: {}", "1:1", "gate"],
      ["Gate: {}", "1:1", "gate"],
      ["retention: {}\nother: 1", "2:1", undefined],
      ["gate:\n  single_use_aprovals: true", "2:3", "single_use_approvals"],
      ["gate:\n  policy: p\n  max_approval_tll: 10m", "3:3", "max_approval_ttl"],
      ["gate: {POLICY: p}", "1:8", "policy"],
      ["gate: {constructor: p}", "1:8", undefined],
      ["gate: {'policy ': p}", "1:8", "policy"],
      ["gate: {\u200bsingle_use_approvals: true}", "1:8", "single_use_approvals"],
      ["? [a]\n: 1", undefined, undefined],
    ] as const
  ) {
    const at = await refusedAt(text);
    if (place !== undefined) assert.equal(at, place, text);
    if (meant === undefined) continue;
    await assert.rejects(parse(text), (error: YamlError) => error.hint!.includes(`"${meant}"`));
  }
});

Deno.test("parseDefaults() refuses a value of another type than its key has", async () => {
  for (
    const text of [
      ...keysOf("text").flatMap((key) => [`${key}: [a]`, `${key}: {a: b}`, `${key}: true`, `${key}: False`]),
      ...keysOf("switch").flatMap((key) =>
        ["yes", "on", "1", "'true'", "tru", "[true]", "{a: true}", '""'].map((value) => `${key}: ${value}`)
      ),
    ]
  ) await refusedAt(`gate: {${text}}`);
  for (const text of ["gate: text", "gate: 5", "gate: []", "5", "null", "[]", "gate: ["]) {
    await refusedAt(text);
  }
});

Deno.test("parseDefaults() accepts nothing hidden: no byte order mark, no second document, no key twice", async () => {
  assert.equal(await refusedAt("\ufeffgate: {policy: p}"), "1:1");
  assert.equal(await refusedAt("\ufeff"), "1:1");
  await refusedAt(Uint8Array.of(0xff, 0xfe, 0x67, 0x00));
  await refusedAt("gate: {}\n---\ngate: {single_use_approvals: true}");
  await refusedAt("---\n---\ngate: {single_use_approvals: true}");
  assert.equal(await refusedAt("gate: {policy: a, policy: b}"), "1:19");
  assert.equal(await refusedAt("gate: {}\ngate: {policy: b}"), "2:1");
});

Deno.test("parseDefaults() takes no section and no key but those of the table, whatever they are called", async () => {
  const sections = Object.keys(SECTIONS);
  await fc.assert(fc.asyncProperty(fc.string({ minLength: 1 }), async (name) => {
    const text = `${JSON.stringify(name)}: {}`;
    if (sections.includes(name)) return void await parse(text);
    await assert.rejects(parse(text), { code: "invalid_input" });
    const key = `gate: {${JSON.stringify(name)}: x}`;
    if (!Object.hasOwn(SECTIONS.gate, name)) await assert.rejects(parse(key), { code: "invalid_input" });
  }));
});
