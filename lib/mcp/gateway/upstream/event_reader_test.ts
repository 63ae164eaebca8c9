import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../../formats/bytes.ts";
import { readEvents, type StreamEvent } from "./event_reader.ts";

async function read(text: string, cut = 1_000, limit = 1_000): Promise<StreamEvent[]> {
  const bytes = utf8(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += cut) yield await Promise.resolve(bytes.subarray(at, at + cut));
  }
  return await Array.fromAsync(readEvents(pieces(), limit));
}

Deno.test("readEvents() reads data, ids and comments, with any line ends", async () => {
  const expected = [{ data: "a\nb", id: "1" }, { data: " c", id: "2" }, { data: "", id: "2" }];
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = [
      ":note",
      "id: 1",
      "event: message",
      "data: a",
      "data:b",
      "",
      "",
      "id:2",
      "data:  c",
      "",
      "data",
      "",
      "data: cut",
    ];
    assert.deepEqual(await read(text.join(end)), expected, JSON.stringify(end));
  }
});

Deno.test("readEvents() reads the same however the pieces are cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom("data: x", "id: 1", "", "ü", ": c", "data", "\r", "\r\n"), { maxLength: 20 }),
    fc.integer({ min: 1, max: 9 }),
    async (lines, cut) => {
      const text = lines.join("\n");
      assert.deepEqual(await read(text, cut), await read(text));
    },
  ));
});

Deno.test("readEvents() takes an event of the limit and refuses one beyond it", async () => {
  assert.equal((await read(`data:${"x".repeat(94)}\n\n`, 7, 99)).length, 1);
  for (const text of [`data:${"x".repeat(100)}`, "data:xxxxxxxxx\n".repeat(10)]) {
    await assert.rejects(read(text, 7, 99), { code: "network_permanent" });
  }
});
