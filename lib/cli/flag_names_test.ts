import assert from "node:assert/strict";
import { defineCommand } from "../commands/define.ts";
import { success } from "../commands/outcome.ts";
import { invalidOption } from "../errors/mod.ts";
import { withFlagNames } from "./flag_names.ts";

Deno.test("withFlagNames() names the flag of a field: in kebab case, or as the command says", () => {
  const command = defineCommand({
    explain: "",
    flags: {},
    flagOf: { "keys.approval.file": "approval-public-key" },
    needs: {},
    run: () => Promise.resolve(success({}, [])),
  });
  for (
    const [field, flag] of [
      ["ttl", "--ttl"],
      ["publicKeyEnv", "--public-key-env"],
      ["keys.approval.file", "--approval-public-key"],
      ["constructor", "--constructor"],
    ] as const
  ) {
    assert.equal(withFlagNames(invalidOption((name) => name(field)), command).message, flag);
  }
});
