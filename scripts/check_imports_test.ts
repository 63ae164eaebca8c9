import assert from "node:assert/strict";
import { effectsProblem, findCircles, importProblem, textProblem } from "./check_imports.ts";

Deno.test("importProblem() allows the same folder and lower floors", () => {
  assert.equal(importProblem("lib/gate/a.ts", "lib/policy/b.ts"), undefined);
  assert.equal(importProblem("lib/runpack/a.ts", "lib/formats/b.ts"), undefined);
  assert.equal(importProblem("lib/cli/a.ts", "lib/commands/b.ts"), undefined);
  assert.equal(importProblem("lib/cli/a.ts", "main.ts"), undefined);
});

Deno.test("importProblem() refuses higher floors, neighbours on the same floor, and unknown folders", () => {
  assert.ok(importProblem("lib/gate/a.ts", "lib/runpack/b.ts"));
  assert.ok(importProblem("lib/signing/a.ts", "lib/schema/b.ts"));
  assert.ok(importProblem("lib/errors/a.ts", "lib/formats/b.ts"));
  assert.ok(importProblem("lib/newcomer/a.ts", "lib/errors/b.ts"));
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
    assert.ok(textProblem("lib/gate/a.ts", code), code);
    assert.equal(textProblem("lib/effects/a.ts", code), undefined);
    assert.equal(textProblem("lib/gate/a_test.ts", code), undefined);
    assert.equal(textProblem("lib/gate/a.ts", `// ${code}`), undefined);
  }
});

Deno.test("judgeText() lets only lib/signing/ed25519.ts, and what stands in for it, verify signatures", () => {
  const code = 'await crypto.subtle.verify("Ed25519", key, signature, message)';
  assert.ok(textProblem("lib/runpack/a.ts", code));
  assert.equal(textProblem("lib/signing/ed25519.ts", code), undefined);
  assert.equal(textProblem("lib/runpack/a.ts", "await verifyEd25519(key, signature, message)"), undefined);
});

Deno.test("effectsProblem() lets domains know effects by type alone", () => {
  const typed =
    'import type { Files } from "../effects/types.ts";\nimport { type Effects } from "../effects/mod.ts";';
  const used = 'import { systemEffects } from "../effects/mod.ts";';
  for (const folder of ["schema", "policy", "gate", "pack", "regress"]) {
    assert.equal(effectsProblem(`lib/${folder}/a.ts`, typed), undefined);
    assert.ok(effectsProblem(`lib/${folder}/a.ts`, used), folder);
    assert.ok(
      effectsProblem(`lib/${folder}/a.ts`, 'import { type Files, systemEffects } from "../effects/mod.ts";'),
    );
  }
  assert.equal(effectsProblem("lib/commands/a.ts", used), undefined);
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
