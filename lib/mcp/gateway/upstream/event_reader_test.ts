import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../../formats/bytes.ts";
import { type Fault, INVALID_REQUEST } from "../codec/fault.ts";
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

Deno.test("readEvents() keeps an event of the limit, and of one beyond it the ids alone; the next one is whole", async () => {
  assert.equal((await read(`data:${"x".repeat(94)}\n\n`, 7, 99)).length, 1);
  const long = JSON.stringify({ result: { id: 1, text: "ü".repeat(200) }, id: "a" });
  const lines = long.replaceAll(",", ",\n").split("\n").map((line) => `data: ${line}`).join("\r\n");
  for (const data of [`data:${long}`, lines, `data\n${lines}`]) {
    for (const cut of [1, 7, 10_000]) {
      const [first, second, ...rest] = await read(`id: 4\n${data}\n\ndata: {}\n\n`, cut, 99);
      const { code, id, answerable } = first!.data as Fault;
      assert.deepEqual([first!.id, code, id, answerable], ["4", INVALID_REQUEST, "a", false]);
      assert.deepEqual([second, rest], [{ data: "{}", id: "4" }, []]);
    }
  }
});

Deno.test("readEvents() takes no comment or name that is too long for data", async () => {
  const long = "x".repeat(1_000);
  for (const line of [`:${long}`, `event: ${long}`, `id: ${long}`, long]) {
    assert.deepEqual(await read(`id: 1\n${line}\ndata: a\n\n`, 50, 99), [{ data: "a", id: "1" }]);
  }
});
