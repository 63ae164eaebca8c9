import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../../formats/json/mod.ts";
import { effectsOf } from "./annotations.ts";
import { mappingOf, readMappings, type ToolMapping } from "./mapping.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { targetsOf } from "./targets.ts";
import { subjectOf } from "./subject.ts";

const WORST = { readOnly: false, destructive: true, idempotent: false, openWorldHint: true };
const hint = fc.constantFrom<unknown>(true, false, undefined, null, "true", 1);
const annotations = fc.record({
  readOnlyHint: hint,
  destructiveHint: hint,
  idempotentHint: hint,
  openWorldHint: hint,
});

Deno.test("effectsOf() believes no annotation without trust or mapping", () => {
  fc.assert(fc.property(annotations, (said) => {
    const descriptor = { name: "a", annotations: said } as unknown as JsonObject;
    assert.deepEqual(effectsOf(descriptor, { trusted: false, mapping: undefined }), WORST);
  }));
  assert.deepEqual(effectsOf(undefined, { trusted: true, mapping: undefined }), WORST);
});

Deno.test("effectsOf() reads the annotations of a trusted server with the defaults of the protocol", () => {
  const trusted = (annotations: JsonObject) =>
    effectsOf({ annotations }, { trusted: true, mapping: undefined });
  assert.deepEqual(trusted({}), WORST);
  assert.deepEqual(trusted({ readOnlyHint: true }), { ...WORST, readOnly: true, destructive: false });
  assert.deepEqual(trusted({ destructiveHint: false, openWorldHint: false, idempotentHint: true }), {
    readOnly: false,
    destructive: false,
    idempotent: true,
    openWorldHint: false,
  });
  assert.deepEqual(trusted({ destructiveHint: "false", readOnlyHint: 1 }), WORST);
});

const read = (text: string) => readMappings("m.json", { read: () => Promise.resolve(utf8(text)) });

Deno.test("readMappings() takes an entry by its exact name, else the one of all others", async () => {
  const mappings = await read('{"tools":{"a":{"read_only_hint":true},"*":{"destructive_hint":false}}}');
  const effects = (name: string) =>
    effectsOf(undefined, { trusted: false, mapping: mappingOf(mappings, name) });
  assert.deepEqual(effects("a"), { ...WORST, readOnly: true, destructive: false });
  assert.deepEqual(effects("A"), { ...WORST, destructive: false });
});

Deno.test("readMappings() refuses what it does not know, for a mapping loosens", async () => {
  const bad = [
    "[]",
    "{}",
    '{"tools":[]}',
    '{"tools":{"a":1}}',
    '{"tools":{"a":{"readOnlyHint":true}}}',
    '{"tools":{"a":{"read_only_hint":"true"}}}',
    '{"tools":{"a":{"risk_class":"none"}}}',
    '{"tools":{"a":{"targets":[{"kind":"door","argument":"x"}]}}}',
    '{"tools":{"a":{"targets":[{"kind":"path"}]}}}',
    '{"tools":{"a":{},"a":{}}}',
    '{"tools":{},"more":1}',
    '{"schema_id":"other","tools":{}}',
  ];
  for (const text of bad) await assert.rejects(read(text), { code: "invalid_input" }, text);
});

Deno.test("targetsOf() finds paths, addresses and hosts by name, or by the mapping", async () => {
  const found = (args: JsonObject, mapping?: string) => {
    const subject = subjectOf("tools/call", { name: "a", arguments: args });
    assert.ok(!("badParams" in subject));
    const of = async () => mapping === undefined ? undefined : mappingOf(await read(mapping), "a");
    return of().then((known) =>
      targetsOf(subject, "mcp.s.a", WORST, known).map((
        { kind, value, operation },
      ) => [kind, value, operation])
    );
  };
  const tool = ["other", "mcp.s.a", ""];
  assert.deepEqual(
    await found({ path: "/a", URL: "https://x/y", host: "h", paths: ["/b", 1], n: 1, text: "/no" }),
    [
      tool,
      ["path", "/a", ""],
      ["url", "https://x/y", ""],
      ["host", "h", ""],
      ["path", "/b", ""],
    ],
  );
  assert.deepEqual(await found({ file: "file:///etc/a%20b", source: "https://x" }), [
    tool,
    ["path", "/etc/a b", ""],
    ["url", "https://x", ""],
  ]);
  const mapping = '{"tools":{"a":{"targets":[{"kind":"path","argument":"text","operation":"write"}]}}}';
  assert.deepEqual(await found({ path: "/a", text: ["/no", " "] }, mapping), [tool, [
    "path",
    "/no",
    "write",
  ]]);
});

Deno.test("targetsOf() sees an argument in whatever shape a server may take it", () => {
  const found = (method: string, params: JsonObject, mapping?: ToolMapping) => {
    const subject = subjectOf(method, params);
    assert.ok(!("badParams" in subject));
    return targetsOf(subject, "t", WORST, mapping).slice(1).map(({ kind, value }) => `${kind} ${value}`);
  };
  const inTool = (args: JsonObject, mapping?: ToolMapping) =>
    found("tools/call", { name: "a", arguments: args }, mapping);
  const secret = ["path /etc/shadow"];
  const shapes: JsonObject[] = [
    { path: ["/etc/shadow"] },
    { paths: "/etc/shadow" },
    { files: [{ path: "/etc/shadow", content: "x" }] },
    { options: { target: [{ outputPath: "/etc/shadow" }] } },
    { repo_path: "/etc/shadow" },
    { "log-file": "/etc/shadow" },
    { Path: [["/etc/shadow"]] },
    { path1: "/etc/shadow" },
    { SRC: "/etc/shadow" },
    { cwd: "/etc/shadow" },
  ];
  for (const args of shapes) assert.deepEqual(inTool(args), secret, JSON.stringify(args));
  assert.deepEqual(inTool({ webhookURL: "https://x", db_host: "h", base_url: ["y"] }), [
    "url https://x",
    "host h",
    "url y",
  ]);
  for (const args of [{ profile: "a", pathology: "b" }, { data_source: "web" }, { path: 1, file: {} }]) {
    assert.deepEqual(inTool(args), [], JSON.stringify(args));
  }
  const mapping = { targets: [{ kind: "path", argument: "edits", operation: "write" }] };
  for (const name of ["edits", "Edits", "EDIT\u017f"]) {
    assert.deepEqual(inTool({ [name]: [{ at: "/etc/shadow" }], other: "/x" }, mapping), secret, name);
  }
  assert.deepEqual(found("prompts/get", { name: "p", arguments: { path: "/etc/shadow" } }), secret);
  assert.deepEqual(found("prompts/get", { name: "p" }), []);
});
