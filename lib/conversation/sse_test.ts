import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { readRoots } from "./input.ts";

const read = (text: string) => readRoots(utf8(text), "stream");

const refused = (text: string) =>
  assert.throws(() => read(text), (error) => error instanceof GaitError && error.code === "invalid_input");

Deno.test("readRoots() reads the data of server-sent events, each with the line at which it begins", () => {
  const roots = read(
    ': hello\r\nevent: a\r\ndata: {"a":1}\r\n\r\ndata: {"b":\r\ndata: 2}\r\n\r\ndata: [DONE]\r\n\r\n',
  );
  assert.deepEqual(roots.values, [{ a: 1 }, { b: 2 }]);
  assert.deepEqual([roots.position(0), roots.position(1)], ["line 3", "line 5"]);
});

Deno.test("readRoots() reads events without empty lines between them", () => {
  assert.deepEqual(read('data: {"a":1}\ndata: {"b":2}\n').values, [{ a: 1 }, { b: 2 }]);
});

Deno.test("readRoots() refuses torn events, keys that repeat, and lines that are no part of a stream", () => {
  refused('data: {"a":1}\n\ndata: {"b"');
  refused('data: {"a":1,"a":2}\n\n');
  refused('data: {"a":1}\n\n{"b":2}\n');
  refused('data: {"a":1}\n\nPOST /v1/messages\n');
});

Deno.test("readRoots() keeps every event, whatever its data are", () => {
  const document = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(document, { minLength: 1 }), fc.constantFrom("\n", "\r\n"), (events, newline) => {
      const text = events.map((event) => `data: ${JSON.stringify(event)}${newline}${newline}`).join("");
      assert.deepEqual(read(text).values, events as JsonValue[]);
    }),
  );
});

Deno.test("readRoots() throws nothing but a GaitError, whatever a stream holds", () => {
  const line = fc.oneof(
    fc.constantFrom("data: {", "data: }", "data:", "event: x", "", ":", "id"),
    fc.string(),
  );
  fc.assert(fc.property(fc.array(line), (lines) => {
    try {
      read(`data: ${lines.join("\n")}`);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      assert.equal(error.code, "invalid_input");
    }
  }));
});
