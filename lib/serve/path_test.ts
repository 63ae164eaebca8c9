import assert from "node:assert/strict";
import fc from "fast-check";
import { readRequestPath } from "./path.ts";

Deno.test("readRequestPath() decodes what is clean and moves what is not", () => {
  const clean: [string, string][] = [["/", "/"], ["/a/b?x=//", "/a/b"], ["/a/", "/a/"], ["/%61", "/a"], [
    "/a%2Fb",
    "/a%2Fb",
  ]];
  for (const [target, path] of clean) assert.deepEqual(readRequestPath(target), { kind: "path", path });
  const moved: [string, string][] = [
    ["//", "/"],
    ["/.", "/"],
    ["/..", "/"],
    ["/a/.", "/a/"],
    ["/a/..", "/"],
    ["//a//b?q=1", "/a/b?q=1"],
    ["/%2e%2E/a", "/a"],
    ["//evil.test/a", "/evil.test/a"],
  ];
  for (const [target, location] of moved) {
    assert.deepEqual(readRequestPath(target), { kind: "moved", location });
  }
  for (const target of ["", "*", "http://a/b", "a", "/%", "/%ff"]) {
    assert.deepEqual(readRequestPath(target), { kind: "malformed" });
  }
});

Deno.test("readRequestPath() never leads to another host, and what it leads to is clean", () => {
  const part = fc.oneof(fc.constantFrom(".", "..", "", "%2e", "%2F", "a", "\\"), fc.string());
  fc.assert(fc.property(fc.array(part), (parts) => {
    const asked = readRequestPath(`/${parts.join("/")}`);
    if (asked.kind !== "moved") return;
    assert.match(asked.location, /^\/(?![/\\])/);
    assert.equal(readRequestPath(asked.location).kind, "path");
  }));
});
