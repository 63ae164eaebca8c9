import assert from "node:assert/strict";
import { compileGlob, MAX_GLOB_TEXT } from "./glob.ts";

const fits = (pattern: string, text: string) => compileGlob(pattern)?.(text);

Deno.test("compileGlob() lets * and ? stay within a folder", () => {
  assert.equal(fits("/tmp/*.txt", "/tmp/a.txt"), true);
  assert.equal(fits("/tmp/*.txt", "/tmp/.txt"), true);
  assert.equal(fits("/tmp/*.txt", "/tmp/a/b.txt"), false);
  assert.equal(fits("/tmp/?", "/tmp/a"), true);
  assert.equal(fits("/tmp?a", "/tmp/a"), false);
  assert.equal(fits("a*b*c", "axbxbc"), true);
  assert.equal(fits("*", ""), true);
  assert.equal(fits("?", "é"), true);
  assert.equal(fits("?", "𝒳"), true);
});

Deno.test("compileGlob() fits whole texts only", () => {
  assert.equal(fits("a*b", "xaxb"), false);
  assert.equal(fits("a*b", "axbx"), false);
  assert.equal(fits("", "a"), false);
});

Deno.test("compileGlob() reads classes with ranges, negation and escapes", () => {
  assert.equal(fits("[a-cx]", "b"), true);
  assert.equal(fits("[a-cx]", "x"), true);
  assert.equal(fits("[a-cx]", "d"), false);
  assert.equal(fits("[^a-c]", "d"), true);
  assert.equal(fits("[^a-c]", "b"), false);
  assert.equal(fits("[!a]", "b"), false);
  assert.equal(fits("[\\]\\-]", "-"), true);
  assert.equal(fits("[a^]", "^"), true);
  assert.equal(fits("[z-a]", "m"), false);
  assert.equal(fits("\\*", "*"), true);
  assert.equal(fits("\\*", "a"), false);
});

Deno.test("compileGlob() finds the way where the nearest one is a dead end", () => {
  assert.equal(fits("*[^x]*c", "ab/c"), true);
});

Deno.test("compileGlob() refuses malformed patterns", () => {
  for (const pattern of ["[", "[]", "[]a]", "[^]", "[a", "[a-", "[a-]", "[-a]", "\\", "a[\\", "[\\]"]) {
    assert.equal(compileGlob(pattern), undefined, pattern);
  }
});

Deno.test("compileGlob() leaves texts beyond its limit undecided", () => {
  assert.equal(fits("a*", "a".repeat(MAX_GLOB_TEXT)), true);
  assert.equal(fits("a*", "a".repeat(MAX_GLOB_TEXT + 1)), undefined);
});

Deno.test("compileGlob() takes no exponential time", () => {
  const pattern = "*a".repeat(40) + "b";
  assert.equal(fits(pattern, "a".repeat(MAX_GLOB_TEXT)), false);
});
