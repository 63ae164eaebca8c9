import assert from "node:assert/strict";
import { flagName } from "./flag_names.ts";

Deno.test("flagName() gives the flag of a field: in kebab case, or as the command says", () => {
  const flagOf = { "keys.approval.file": "approval-public-key" };
  for (
    const [field, flag] of [
      ["ttl", "--ttl"],
      ["publicKeyEnv", "--public-key-env"],
      ["keys.approval.file", "--approval-public-key"],
      ["constructor", "--constructor"],
    ] as const
  ) {
    assert.equal(flagName(field, { flagOf }), flag);
  }
  assert.equal(flagName("maxTargets", {}), "--max-targets");
});
