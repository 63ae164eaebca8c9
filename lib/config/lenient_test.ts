import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readLeniently } from "./lenient.ts";

const read = (text: string) => readLeniently(utf8(text), "config");

Deno.test("readLeniently() notes what it does not know, and what was meant", async () => {
  const { defaults, unknown, marked } = await read(
    "\ufeffgate:\n  profile: 5\n  polcy: x\n  policy: true\nretension: {}\nzzzzzz: 1\n---\ngate: {profile: other}\n",
  );
  assert.deepEqual([defaults.gate, marked], [{ profile: "5", policy: "true" }, true]);
  assert.deepEqual(unknown, [
    { key: "gate.polcy", meant: "gate.policy" },
    { key: "retension", meant: "retention" },
    { key: "zzzzzz" },
  ]);
});

Deno.test("readLeniently() takes nothing for nothing, and numbers in every form", async () => {
  for (const text of ["", "  ", "# x", "{}", "gate:", "gate: ~", "gate:\n  profile: null\n  policy: ' '"]) {
    assert.deepEqual((await read(text)).defaults.gate, {}, text);
  }
  for (
    const [value, number] of [["1_048_576", 1048576], ["0x10", 16], ["0b11", 3], ["'7'", 7], [
      "-1",
      -1,
    ]] as const
  ) {
    const { defaults } = await read(`mcp_serve: {max_request_bytes: ${value}}`);
    assert.equal(defaults.mcp_serve.max_request_bytes, number, value);
  }
});

Deno.test("readLeniently() refuses what has no meaning", async () => {
  for (
    const text of [
      ...["null", "[]", "5", "gate: text", "gate: [", "gate: {profile: [a]}", "gate: {profile: {a: b}}"],
      ...["yes", "'true'", "1", "on"].map((value) => `mcp_serve: {enabled: ${value}}`),
      ...["1.5", "1e3", "many", "99999999999999999999"].map((value) =>
        `mcp_serve: {max_request_bytes: ${value}}`
      ),
      ...["gate: {a: 1, a: 2}", "gate:\n\tprofile: x", "gate: *none"],
    ]
  ) {
    await assert.rejects(read(text), { code: "invalid_input" }, text);
  }
});
