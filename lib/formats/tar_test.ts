import assert from "node:assert/strict";
import * as fc from "fast-check";
import { paxRecord, writeTar } from "../../tests/support/tar.ts";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "./bytes.ts";
import { isTar, readTar } from "./tar.ts";

const read = (bytes: Uint8Array<ArrayBuffer>) =>
  readTar(bytes, "x").map(({ name, content }) => [name, new TextDecoder().decode(content)]);

Deno.test("readTar() gives back the files that were written, whatever is in them", () => {
  const file = fc.record({
    name: fc.stringMatching(/^[a-z/.]{1,99}$/),
    content: fc.uint8Array({ maxLength: 1200 }),
  });
  fc.assert(fc.property(fc.array(file), (files) => {
    const bytes = writeTar(files);
    assert.equal(isTar(bytes), files.length > 0);
    assert.deepEqual(
      readTar(bytes, "x").map(({ name, content }) => ({ name, content: new Uint8Array(content) })),
      files.map(({ name, content }) => ({ name, content: new Uint8Array(content) })),
    );
  }));
});

Deno.test("readTar() takes long names from the entries before their files, and leaves folders and links out", () => {
  const long = `${"folder/".repeat(30)}log.jsonl`;
  assert.deepEqual(
    read(writeTar([
      { name: "folder/", content: utf8(""), kind: "5" },
      { name: "link", content: utf8(""), kind: "2" },
      { name: "pax", content: utf8(paxRecord("mtime", "1") + paxRecord("path", long)), kind: "x" },
      { name: "short", content: utf8("a") },
      { name: "././@LongLink", content: utf8(`${long}.gnu\0`), kind: "L" },
      { name: "short", content: utf8("b") },
      { name: "last", content: utf8("c") },
    ])),
    [[long, "a"], [`${long}.gnu`, "b"], ["last", "c"]],
  );
});

Deno.test("readTar() refuses an archive that is cut off, or whose header was changed", () => {
  const bytes = writeTar([{ name: "a", content: utf8("x".repeat(700)) }, { name: "b", content: utf8("y") }]);
  for (const end of [513, 1024, 1600, 2048 + 100]) {
    assert.throws(() => readTar(bytes.slice(0, end), "x"), { code: "invalid_input" });
  }
  for (const at of [0, 124, 512 + 1024, 512 + 1024 + 130]) {
    const changed = bytes.slice();
    changed[at]! ^= 1;
    assert.throws(() => readTar(changed, "x"), { code: "invalid_input" });
  }
});

Deno.test("readTar() throws nothing but a GaitError, and isTar() takes no text for an archive", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 512, maxLength: 3000 }), (bytes) => {
    try {
      readTar(new Uint8Array(bytes), "x");
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
    }
  }));
  assert.equal(isTar(utf8('{"messages":[]}'.repeat(100))), false);
  assert.equal(isTar(new Uint8Array(2048)), false);
});
