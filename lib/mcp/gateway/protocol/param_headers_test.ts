import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeHeader, encodeHeader, paramHeaderFault, paramHeadersOf } from "./param_headers.ts";

const SCHEMA = {
  type: "object",
  properties: {
    region: { type: "string", "x-mcp-header": "Region" },
    count: { type: "integer", "x-mcp-header": "Count" },
    deep: { properties: { on: { type: "boolean", "x-mcp-header": "On" } } },
    bad: { type: "string", "x-mcp-header": "no token" },
    list: { items: { "x-mcp-header": "Item" } },
  },
};

Deno.test("paramHeadersOf() finds the arguments that headers repeat, at any depth of properties", () => {
  const args = { region: "eu", count: 2, deep: { on: true }, bad: "x", list: ["y"], other: "z" };
  const found = paramHeadersOf(SCHEMA, args).map(({ name, value }) => [name, value]);
  assert.deepEqual(found.sort(), [["mcp-param-count", 2], ["mcp-param-on", true], [
    "mcp-param-region",
    "eu",
  ]]);
  for (const none of [{}, { region: null, count: {}, deep: 1 }]) {
    assert.deepEqual(new Set(paramHeadersOf(SCHEMA, none).map(({ value }) => value)), new Set([undefined]));
  }
  assert.deepEqual(paramHeadersOf(undefined, args), []);
});

Deno.test("paramHeaderFault() names the first header that is missing or says something else", () => {
  const expected = paramHeadersOf(SCHEMA, { region: "é", count: 42 });
  const fault = (headers: Record<string, string>) =>
    paramHeaderFault(expected, new Map(Object.entries(headers)));
  const right = { "mcp-param-region": "=?base64?w6k=?=", "mcp-param-count": "42.0" };
  assert.equal(fault(right), undefined);
  assert.equal(fault({ ...right, "mcp-param-more": "x" }), undefined);
  for (const count of ["43", "", "4e1", "0x2a"]) {
    assert.equal(fault({ ...right, "mcp-param-count": count }), "mcp-param-count");
  }
  for (const region of ["e", "=?base64?w6k?=", "=?base64?/w==?="]) {
    assert.equal(fault({ ...right, "mcp-param-region": region }), "mcp-param-region");
  }
  assert.equal(fault({ "mcp-param-count": "42" }), "mcp-param-region");
  // An argument that is not there has no header: whoever decides by the headers would see one.
  assert.equal(fault({ ...right, "mcp-param-on": "true" }), "mcp-param-on");
});

Deno.test("decodeHeader() gives back what encodeHeader() was given", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const header = encodeHeader(text);
    assert.match(header, /^[\x20-\x7e]*$/);
    assert.equal(decodeHeader(header), text);
  }));
});
