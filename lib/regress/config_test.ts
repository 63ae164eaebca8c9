import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { encodeConfig, readConfig } from "./config.ts";

const read = (value: JsonValue) => readConfig(utf8(JSON.stringify(value)), "gait.yaml");
const entry = (name: string, runpack = "r.zip") => ({ name, run_id: "", runpack });

Deno.test("readConfig() takes a config without schema, ignores extra members, sorts by bytes", async () => {
  const config = await read({
    fixtures: [{ ...entry("a.b"), note: 1 }, entry("a"), entry("a-b")],
    more: true,
  });
  assert.deepEqual(config.fixtures.map(({ name }) => name), ["a", "a-b", "a.b"]);
  assert.equal(config.fixtureSet, "default");
});

Deno.test("readConfig() refuses other kinds, empty lists, and fixtures that can't be told apart or are paths", async () => {
  const wrong: JsonValue[] = [
    [],
    null,
    {},
    { fixtures: [] },
    { schema_id: "x", fixtures: [entry("a")] },
    { schema_version: "2.0.0", fixtures: [entry("a")] },
    { fixtures: {} },
    { fixtures: [entry(" ")] },
    { fixtures: [entry("a", " ")] },
    { fixtures: [{ name: "a" }] },
    { fixtures: [entry("../a")] },
    { fixtures: [entry("..")] },
    { fixtures: [entry("a"), entry("b"), entry("a")] },
    { fixtures: ["a"] },
  ];
  for (const value of wrong) {
    await assert.rejects(read(value), { code: "invalid_input" }, JSON.stringify(value));
  }
});

Deno.test("readConfig() reads YAML as it reads JSON", async () => {
  const text = `# nightly
fixture_set: 2026
fixtures: # all of them
  - {name: b, runpack: r.zip, note: [1]}
  - name: "a"
    run_id: 0123
    runpack: fixtures/a/runpack.zip
`;
  assert.deepEqual(await readConfig(utf8(text), "gait.yaml"), {
    fixtureSet: "2026",
    fixtures: [{ name: "a", run_id: "83", runpack: "fixtures/a/runpack.zip" }, entry("b")],
  });
});

Deno.test("readConfig() refuses a key that occurs twice, a second document, and YAML that is not a config", async () => {
  const a = "fixtures: [{name: a, runpack: r}]\n";
  for (
    const text of [
      "fixtures: []",
      `{"fixtures":[],"fixtures":[{"name":"a","runpack":"r"}]}`,
      `${a}${a}`,
      `${a}---\n${a}`,
      "",
      "- a",
      "fixtures: {name: a}",
      "fixtures: [a]",
      "fixtures: [{name: [a], runpack: r}]",
      `schema_id: x\n${a}`,
      "\ttabs: 1",
    ]
  ) {
    await assert.rejects(readConfig(utf8(text), "gait.yaml"), { code: "invalid_input" }, text);
  }
});

Deno.test("encodeConfig() gives the bytes of the contract, sorted, and reads back", async () => {
  const config = { fixtureSet: "default", fixtures: [entry("b", "fixtures/b/x&y.zip"), entry("a")] };
  const bytes = encodeConfig(config);
  assert.equal(
    new TextDecoder().decode(bytes),
    `{
  "schema_id": "gait.regress.config",
  "schema_version": "1.0.0",
  "fixture_set": "default",
  "fixtures": [
    {
      "name": "a",
      "run_id": "",
      "runpack": "r.zip"
    },
    {
      "name": "b",
      "run_id": "",
      "runpack": "fixtures/b/x\\u0026y.zip"
    }
  ]
}
`,
  );
  assert.deepEqual((await readConfig(bytes, "gait.yaml")).fixtures.map(({ name }) => name), ["a", "b"]);
});
