import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readRevocations } from "./revocations.ts";

const read = (text: string) => [...readRevocations(utf8(text), "list")];

Deno.test("readRevocations() reads arrays, objects and lines", () => {
  assert.deepEqual(read('["a", " b "]'), ["a", "b"]);
  assert.deepEqual(read('{"revoked_identities":["a"],"identities":["b"],"note":1}'), ["a", "b"]);
  assert.deepEqual(read("# revoked\na\n\n  b \r\n#c"), ["a", "b"]);
  for (const none of ["", " \n", "[]", '{"identities":[]}', "# nobody"]) assert.deepEqual(read(none), []);
});

Deno.test("readRevocations() refuses what begins like JSON and is none of its forms", () => {
  const bad = [
    '["a", 5]',
    '["a"',
    '["a"],',
    "[a]",
    '{"revoked":["a"]}',
    '{"identities":"a"}',
    '{"identities":["a"],"revoked_identities":[1]}',
    '{"identities":["a"],"identities":[]}',
    "{}",
    '{"identities":null}',
    '"a"',
    '\ufeff["a", 5]',
  ];
  for (const text of bad) {
    assert.throws(() => read(text), { code: "invalid_input", detail: "revocation_list_invalid" }, text);
  }
  assert.throws(() => readRevocations(new Uint8Array([0x61, 0xff]), "list"), {
    detail: "revocation_list_invalid",
  });
});
