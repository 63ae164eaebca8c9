import assert from "node:assert/strict";
import fc from "fast-check";
import { CHANGES_TEXT, ENCODINGS } from "../../../tests/support/encodings.ts";
import { HashTable } from "./hash_table.ts";
import { eachLeaf } from "./leaves.ts";
import { createTaintMemory } from "./memory.ts";

const FROM = { kind: "external", ref: "page" } as const;

/** Distinctive texts: without `%`, `&` and backslashes, since a text may itself look like an encoded one. */
const payload = fc.stringMatching(/^[a-zA-Z0-9 .,:@äöüß-]{0,20}[a-z0-9]{8}[a-zA-Z0-9 .,:@äöüß-]{4,30}$/)
  // Blanks in a row count as one.
  .map((text) => text.replace(/ +/g, " ")).filter((text) => text.length >= 14);
const inner = fc.constantFrom(...Object.keys(ENCODINGS));
const outer = fc.constantFrom(...Object.keys(ENCODINGS).filter((name) => !CHANGES_TEXT.has(name)));

Deno.test("a text is recognised under two layers of encoding, on either side", () => {
  fc.assert(
    fc.property(payload, inner, fc.option(outer), fc.boolean(), (text, first, second, swapped) => {
      const once = ENCODINGS[first]!(text);
      const encoded = second === null ? once : ENCODINGS[second]!(once);
      const memory = createTaintMemory();
      memory.remember(FROM, { content: [{ type: "text", text: swapped ? encoded : text }] });
      assert.deepEqual(memory.match({ q: { a: [swapped ? text : encoded] } }), [{
        path: "$.q.a[0]",
        ...FROM,
      }]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("texts without a common part are not marked, however they are encoded", () => {
  const ofLetters = (letters: string) =>
    fc.string({ unit: fc.constantFrom(...letters), minLength: 12, maxLength: 80 });
  fc.assert(
    fc.property(ofLetters("abcdefgh"), ofLetters("stuvwxyz"), inner, inner, (output, text, first, second) => {
      const memory = createTaintMemory();
      memory.remember(FROM, ENCODINGS[first]!(output));
      // The envelope of an encoding is the same on both sides.
      fc.pre(first !== second && !/inside|path|lines|sentence/.test(first + second));
      assert.deepEqual(memory.match({ q: ENCODINGS[second]!(text) }), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("no value makes remembering or matching fail, and a value always matches itself", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.string({ unit: "binary", maxLength: 200 }),
      (value, text) => {
        const memory = createTaintMemory();
        memory.remember(FROM, value);
        memory.remember(FROM, text);
        memory.match(value);
        memory.match(text);
        memory.remember(FROM, ["a distinctive part", value]);
        assert.ok(memory.match([value, "A  distinctive\npart"]).some(({ kind }) => kind === "external"));
      },
    ),
  );
});

Deno.test("every path leads to its text", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
    eachLeaf(value, ({ path, text, role }) => {
      if (role !== "value") return;
      const steps = [...path.matchAll(/\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)];
      const found = steps.reduce(
        // deno-lint-ignore no-explicit-any -- any JSON
        (at: any, [, name, index, quoted]) => at[name ?? index ?? JSON.parse(quoted!)],
        value,
      );
      assert.equal(String(found), text);
    });
  }));
});

Deno.test("the table holds what a map of the same hashes holds, and grows until it is full", () => {
  const hash = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(hash, hash, fc.integer({ min: 1, max: 1023 })), { maxLength: 5000 }),
      (entries) => {
        const table = new HashTable();
        const map = new Map<string, number>();
        for (const [a, b, source] of entries) {
          // The lowest bits of the second hash give way to the source.
          map.set(`${a} ${b >>> 10}`, source);
          assert.ok(table.set(a, b, source));
        }
        assert.equal(table.size, map.size);
        for (const [a, b] of entries) assert.equal(table.get(a, b), map.get(`${a} ${b >>> 10}`));
      },
    ),
    { numRuns: 30 },
  );
  const full = new HashTable();
  let added = 0;
  for (let i = 1; full.set(Math.imul(i, 2654435761) >>> 0, Math.imul(i, 40503) << 10 >>> 0, 1); i++) added++;
  assert.equal(added, 3 * 2 ** 19);
  assert.equal(full.size, added);
});
