import assert from "node:assert/strict";
import { findCircles, judgeEffects, judgeImport, judgeText } from "./check_imports.ts";

Deno.test("judgeImport() allows the same folder and lower floors", () => {
  assert.equal(judgeImport("lib/gate/a.ts", "lib/policy/b.ts"), undefined);
  assert.equal(judgeImport("lib/runpack/a.ts", "lib/formats/b.ts"), undefined);
  assert.equal(judgeImport("lib/cli/a.ts", "lib/commands/b.ts"), undefined);
  assert.equal(judgeImport("lib/cli/a.ts", "main.ts"), undefined);
});

Deno.test("judgeImport() refuses higher floors, neighbours on the same floor, and unknown folders", () => {
  assert.ok(judgeImport("lib/gate/a.ts", "lib/runpack/b.ts"));
  assert.ok(judgeImport("lib/signing/a.ts", "lib/schema/b.ts"));
  assert.ok(judgeImport("lib/errors/a.ts", "lib/formats/b.ts"));
  assert.ok(judgeImport("lib/newcomer/a.ts", "lib/errors/b.ts"));
});

Deno.test("judgeText() refuses `Deno` outside of lib/effects", () => {
  for (
    const code of [
      "Deno.readFile(x)",
      "console.log(1)",
      "Date.now()",
      "Math.random()",
      "crypto.getRandomValues(x)",
    ]
  ) {
    assert.ok(judgeText("lib/gate/a.ts", code), code);
    assert.equal(judgeText("lib/effects/a.ts", code), undefined);
    assert.equal(judgeText("lib/gate/a_test.ts", code), undefined);
    assert.equal(judgeText("lib/gate/a.ts", `// ${code}`), undefined);
  }
});

Deno.test("judgeText() lets only lib/signing/ed25519.ts, and what stands in for it, verify signatures", () => {
  const code = 'await crypto.subtle.verify("Ed25519", key, signature, message)';
  assert.ok(judgeText("lib/runpack/a.ts", code));
  assert.equal(judgeText("lib/signing/ed25519.ts", code), undefined);
  assert.equal(judgeText("lib/runpack/a.ts", "await verifyEd25519(key, signature, message)"), undefined);
});

Deno.test("judgeEffects() lets domains know effects by type alone", () => {
  const typed =
    'import type { Files } from "../effects/types.ts";\nimport { type Effects } from "../effects/mod.ts";';
  const used = 'import { systemEffects } from "../effects/mod.ts";';
  for (const folder of ["schema", "policy", "gate", "pack", "regress"]) {
    assert.equal(judgeEffects(`lib/${folder}/a.ts`, typed), undefined);
    assert.ok(judgeEffects(`lib/${folder}/a.ts`, used), folder);
    assert.ok(
      judgeEffects(`lib/${folder}/a.ts`, 'import { type Files, systemEffects } from "../effects/mod.ts";'),
    );
  }
  assert.equal(judgeEffects("lib/commands/a.ts", used), undefined);
});

Deno.test("findCircles() finds files that import each other, however far around, and no others", () => {
  const circles = findCircles(
    new Map([
      ["a", ["b", "x"]],
      ["b", ["c"]],
      ["c", ["a", "d"]],
      ["d", ["e"]],
      ["e", []],
      ["f", ["f"]],
    ]),
  );
  assert.deepEqual(circles, [["a", "b", "c"], ["f"]]);
  assert.deepEqual(findCircles(new Map([["a", ["b"]], ["b", ["c"]], ["c", []]])), []);
});
