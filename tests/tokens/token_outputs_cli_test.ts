/** Where tokens go: no file is lost to one, whatever `--out` leads to (docs/spec/core.md 3.6, tokens.md 2.1). */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";

const DIGEST = "a".repeat(64);
const MINTERS = {
  approve:
    argv`approve --intent-digest ${DIGEST} --policy-digest ${DIGEST} --scope x --approver dana --reason-code r`,
  delegate: argv`delegate mint --delegator lead --delegate agent --scope x`,
};

for (const [name, minter] of Object.entries(MINTERS)) {
  const mint = [...minter, ...argv`--ttl 1h --json`];

  Deno.test(`a token of ${name} replaces an older one of its kind, and no other file`, () =>
    onStage(async ({ gait, read, write }) => {
      const first = await gait(...mint, "--out", "token.json");
      const second = await gait(...mint, "--out", "token.json");
      assert.deepEqual([first.code, second.code], [0, 0]);
      const held = await read("token.json");
      assert.equal(JSON.parse(held).token_id, second.json.token_id);
      const others = {
        trace: '{"schema_id":"gait.gate.trace","trace_id":"t"}',
        key: "c2VlZA==\n",
        broken: held.slice(1),
      };
      for (const [path, text] of Object.entries(others)) {
        await write(path, text);
        const { code, json } = await gait(...mint, "--out", path);
        assert.deepEqual([code, json.error_detail, await read(path)], [6, "output_exists", text], path);
      }
    }));

  Deno.test(`a folder in the place of a token of ${name} is refused as input, not as a broken disk`, () =>
    onStage(async ({ gait, write }) => {
      await write("full/file", "x");
      for (const folder of [".", "..", "/", "./", "full", "full/"]) {
        const { code, json } = await gait(...mint, "--out", folder);
        assert.deepEqual([code, json.error_code], [6, "invalid_input"], folder);
      }
    }));
}
