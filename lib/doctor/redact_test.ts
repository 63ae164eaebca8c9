import assert from "node:assert/strict";
import fc from "fast-check";
import { redact } from "./redact.ts";

Deno.test("redact() takes out what is known, the longest first, and what looks like a secret", () => {
  const secrets = new Map([["abc", "<a>"], ["abcdef", "<b>"]]);
  assert.equal(redact("xabcdefx abc", secrets), "x<b>x <a>");
  assert.equal(redact("see https://me:pw@host/x", new Map()), "see https://<redacted>@host/x");
  assert.equal(redact(`key ${"A1".repeat(20)}= end`, new Map()), "key <redacted> end");
  for (
    const text of [
      "the output folder can be written",
      "gait-out/jobs/job_1/state.json",
      "production_readiness_config",
    ]
  ) {
    assert.equal(redact(text, new Map()), text);
  }
});

Deno.test("redact() leaves no known secret, wherever it stands", () => {
  fc.assert(fc.property(fc.string({ minLength: 3 }), fc.string(), fc.string(), (secret, before, after) => {
    fc.pre(!"<stand>".includes(secret) && !secret.includes("<") && !"<redacted>".includes(secret));
    const clean = redact(`${before}${secret}${after}`, new Map([[secret, "<stand>"]]));
    assert.ok(
      !clean.includes(secret) || (before + after).includes("<") ||
        `${before}<stand>${after}`.includes(secret),
    );
  }));
});
