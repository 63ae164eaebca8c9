import assert from "node:assert/strict";
import { dispatch } from "../../lib/cli/dispatch.ts";
import { TABLE } from "../../lib/commands/table.ts";
import { argv } from "../support/argv.ts";
import { fakeCli } from "../support/fake_cli.ts";

const EVAL = argv`gate eval --no-config --policy none.yaml --intent none.json`;

for (
  const [what, flags, steps] of [
    ["gives up starting programs before it reads a policy", [], [
      "narrow env read run write",
      "narrow env read write",
    ]],
    ["keeps it for a command as broker", ["--credential-broker", " Command"], ["narrow env read run write"]],
  ] as const
) {
  Deno.test(`gate eval ${what}`, async () => {
    const cli = fakeCli({ table: TABLE });
    assert.equal(await dispatch([...EVAL, ...flags], cli), 6);
    assert.deepEqual(cli.happened, steps);
  });
}
