import assert from "node:assert/strict";
import { judgeImport, judgeText } from "./check_imports.ts";

Deno.test("judgeImport() allows the same folder and lower floors", () => {
  assert.equal(judgeImport("lib/gate/a.ts", "lib/gate/policy/b.ts"), undefined);
  assert.equal(judgeImport("lib/evidence/a.ts", "lib/formats/b.ts"), undefined);
  assert.equal(judgeImport("lib/cli/a.ts", "lib/commands/b.ts"), undefined);
  assert.equal(judgeImport("lib/cli/a.ts", "main.ts"), undefined);
});

Deno.test("judgeImport() refuses higher floors, neighbours on the same floor, and unknown folders", () => {
  assert.ok(judgeImport("lib/gate/a.ts", "lib/evidence/b.ts"));
  assert.ok(judgeImport("lib/signing/a.ts", "lib/schema/b.ts"));
  assert.ok(judgeImport("lib/errors/a.ts", "lib/formats/b.ts"));
  assert.ok(judgeImport("lib/newcomer/a.ts", "lib/errors/b.ts"));
});

Deno.test("judgeText() refuses the world outside of lib/effects", () => {
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
  assert.ok(judgeText("lib/evidence/a.ts", code));
  assert.equal(judgeText("lib/signing/ed25519.ts", code), undefined);
  assert.equal(judgeText("lib/evidence/a.ts", "await verifyEd25519(key, signature, message)"), undefined);
});
