import assert from "node:assert/strict";
import { MAX_GLOB_TEXT } from "./glob.ts";
import { compileDomainPatterns, compilePathPatterns } from "./patterns.ts";

Deno.test("compilePathPatterns() takes /** for a folder and all below it", () => {
  const list = compilePathPatterns(["/srv/data/**"]);
  assert.equal(list("/srv/data", false), true);
  assert.equal(list("/srv/data/x/y", false), true);
  assert.equal(list("/srv/database", false), false);
  // Values are compared as they stand: no cleaning (spec/gate.md 3.3.3).
  assert.equal(list("/srv/data/../../etc/passwd", false), true);
  assert.equal(compilePathPatterns(["/**"])("/any/where", false), true);
  assert.equal(compilePathPatterns(["/**"])("any", false), false);
});

Deno.test("compileDomainPatterns() takes *. for all subdomains but not the domain", () => {
  const list = compileDomainPatterns(["*.corp.test"]);
  assert.equal(list("a.corp.test", false), true);
  assert.equal(list("a.b.corp.test", false), true);
  assert.equal(list("corp.test", false), false);
  assert.equal(list("evilcorp.test", false), false);
  assert.equal(compileDomainPatterns(["api.*"])("api.a.b", false), true);
});

Deno.test("pattern lists fit a malformed pattern to itself alone", () => {
  const list = compilePathPatterns(["/a["]);
  assert.equal(list("/a[", false), true);
  assert.equal(list("/ab", false), false);
});

Deno.test("pattern lists answer as told when a text is too long for a glob", () => {
  const long = "/" + "a".repeat(MAX_GLOB_TEXT);
  const globs = compilePathPatterns(["/*"]);
  assert.equal(globs(long, true), true);
  assert.equal(globs(long, false), false);
  assert.equal(compilePathPatterns([long])(long, false), true);
  assert.equal(compilePathPatterns(["/**"])(long, false), true);
  assert.equal(compilePathPatterns(["/b"])(long, true), false);
});
