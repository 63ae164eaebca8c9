import assert from "node:assert/strict";
import { lintPolicy } from "./lint.ts";
import { encodeSarif, sarifText } from "./sarif.ts";

type Result = { locations: [{ physicalLocation: { artifactLocation: Record<string, string> } }] };

const { findings } = await lintPolicy("default_verdict: allow\n", "policy.yaml", "standard");

for (
  const [path, location] of [
    ["policy.yaml", { uri: "policy.yaml", uriBaseId: "%SRCROOT%" }],
    ["./a/../b c/p#1.yaml", { uri: "b%20c/p%231.yaml", uriBaseId: "%SRCROOT%" }],
    ["/srv/policy.yaml", { uri: "file:///srv/policy.yaml" }],
  ] as const
) {
  Deno.test(`encodeSarif() names ${path} as a URI`, async () => {
    const log = await encodeSarif(findings, path, "1.2.3");
    const [{ results }] = log.runs as unknown as [{ results: Result[] }];
    for (const { locations } of results) {
      assert.deepEqual(locations[0].physicalLocation.artifactLocation, location);
    }
    assert.deepEqual(JSON.parse(sarifText(log)), log);
  });
}

Deno.test("sarifText() writes what nobody sees by its code, also beyond the first plane", async () => {
  const name = "a\u2060\u{e0041}\u3164\u00ad";
  const { findings } = await lintPolicy(
    `rules: [{name: ${JSON.stringify(name)}, effect: allow}]`,
    "policy.yaml",
    "standard",
  );
  const log = await encodeSarif(findings, "policy.yaml", "1.2.3");
  const text = sarifText(log);
  assert.deepEqual(JSON.parse(text), log);
  assert(text.includes("\\udb40\\udc41") && !/[\u2060\u3164\u00ad\u{e0041}]/u.test(text));
});
