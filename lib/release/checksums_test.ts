import assert from "node:assert/strict";
import fc from "fast-check";
import type { Digest } from "../signing/mod.ts";
import { formatChecksums, parseChecksums } from "./checksums.ts";

const INVALID = { code: "invalid_input" };
const A = "a".repeat(64) as Digest;
const B = "0".repeat(64) as Digest;

Deno.test("parseChecksums() reads what formatChecksums() writes, sorted by name", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_.-]{1,20}$/), { minLength: 1 });
  fc.assert(fc.property(names, (names) => {
    const usable = names.filter((name) =>
      !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/.test(name) && !/\.$/.test(name)
    );
    if (usable.length === 0) return;
    const text = formatChecksums(usable.map((name) => ({ digest: A, name })));
    const read = parseChecksums(text);
    assert.deepEqual(read.map(({ name }) => name), [...usable].sort());
    assert.equal(formatChecksums(read), text);
  }));
});

Deno.test("parseChecksums() reads text and binary mode lines of sha256sum", () => {
  assert.deepEqual(parseChecksums(`${A}  a.tar.gz\n${B} *b/gait\n`), [
    { digest: A, name: "a.tar.gz" },
    { digest: B, name: "b/gait" },
  ]);
});

Deno.test("parseChecksums() refuses what could be read in two ways", () => {
  const refused = [
    "",
    "\n",
    `${A}  a\n\n${B}  b\n`,
    `${A} a\n`,
    `${A.slice(1)}  a\n`,
    `${A}  \n`,
    `${A}  a\r\n`,
    `${A}  a\n${B}  a\n`,
    `${A}  ../a\n`,
    `${A}  /etc/passwd\n`,
    `${A}  c:\\a\n`,
    `${A}  a\u202eb\n`,
    `# comment\n${A}  a\n`,
  ];
  for (const text of refused) assert.throws(() => parseChecksums(text), INVALID, JSON.stringify(text));
});
