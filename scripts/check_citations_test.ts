import assert from "node:assert/strict";
import { findCitations, findLinks, sectionsOf } from "./check_citations.ts";

Deno.test("findCitations() finds pages with and without a section, also across the lines of a comment", () => {
  const text =
    "see spec/gate.md 3.3.3;\n * (docs/spec/core.md section 8, no. 4)\n * docs/threat_model.md\n * 12 and spec/pack.md";
  assert.deepEqual(findCitations(text), [
    { page: "spec/gate.md", section: "3.3.3", line: 1 },
    { page: "docs/spec/core.md", section: "8", line: 2 },
    { page: "docs/threat_model.md", section: "12", line: 3 },
    { page: "spec/pack.md", section: undefined, line: 4 },
  ]);
});

Deno.test("sectionsOf() knows headings and the items of the lists below them", () => {
  const sections = sectionsOf(
    "# T\n1. none\n## 3. Rules\n### 3.3 One rule\n1. first\n2. second\n## Other\n1. none\n",
  );
  assert.deepEqual([...sections].sort(), ["3", "3.3", "3.3.1", "3.3.2"]);
});

Deno.test("findLinks() leaves out code, fragments of the same page and addresses", () => {
  const page = "[a](x.md#y) [b](#here) [c](https://example.test/z) `[d](w.md)`\n```\n[e](v.md)\n```\n";
  assert.deepEqual(findLinks(page), ["x.md"]);
});
