import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { linesOf, readPart } from "./lines.ts";

async function withFile(content: string, step: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "gait-lines-" });
  try {
    await Deno.writeFile(path, utf8(content));
    step(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("linesOf() gives every line with its place, whatever the chunks are that it reads", async () => {
  // Lines that end before, at and behind the border of a chunk, and longer than one.
  for (const length of [1, (1 << 18) - 2, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3 << 18]) {
    const lines = ["a".repeat(length), "", "b", "é".repeat(10), "c".repeat(length)];
    await withFile(lines.join("\n"), (path) => {
      const found = [...linesOf(path, 1 << 20)];
      assert.deepEqual(found.map(({ bytes }) => decodeUtf8(bytes)), lines);
      assert.deepEqual(found.map(({ ended }) => ended), [true, true, true, true, false]);
      for (const { offset, bytes } of found) assert.deepEqual(readPart(path, offset, bytes.length), bytes);
    });
  }
});

Deno.test("linesOf() gives no line for what follows the last newline, and none for an empty file", async () => {
  await withFile("a\n", (path) => assert.equal([...linesOf(path, 10)].length, 1));
  await withFile("", (path) => assert.deepEqual([...linesOf(path, 10)], []));
});

Deno.test("linesOf() refuses a line beyond the limit, and a file that is none", async () => {
  await withFile("12345\n123456\n", (path) => {
    assert.equal([...linesOf(path, 6)].length, 2);
    assert.throws(() => [...linesOf(path, 5)], { code: "invalid_input" });
  });
  assert.throws(() => [...linesOf("/nowhere/f", 5)], { code: "invalid_input" });
  await withFile(
    "x".repeat(1000),
    (path) => assert.throws(() => [...linesOf(path, 999)], { code: "invalid_input" }),
  );
});
