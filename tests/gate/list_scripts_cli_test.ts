import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const SCRIPT = JSON.stringify({
  script: { steps: [{ tool_name: "fs.read", args: {} }] },
  context: { identity: "i", workspace: "/w", risk_class: "low" },
});

Deno.test("list-scripts tells an entry that was made in the future, which approves nothing", () =>
  onStage(async ({ gait, write, read }) => {
    await write("p.yaml", "");
    await write("s.json", SCRIPT);
    const approved =
      await gait`approve-script --policy p.yaml --intent s.json --registry r.json --approver dana`;
    assert.equal(approved.code, 0, approved.stderr);
    const entries = async () => (await gait`list-scripts --registry r.json --json`).json.entries as object[];
    assert.deepEqual((await entries()).map((one) => Object.hasOwn(one, "from_future")), [false]);
    const times = [["created_at", "2999-01-01T00:00:00Z"], ["expires_at", "3000-01-01T00:00:00Z"]];
    const later = times.reduce(
      (text, [name, time]) => text.replace(new RegExp(`"${name}": "[^"]*"`), `"${name}": "${time}"`),
      await read("r.json"),
    );
    await write("r.json", later);
    assert.deepEqual((await entries()).map((one) => Reflect.get(one, "from_future")), [true]);
    assert.match((await gait`list-scripts --registry r.json`).stdout, /made in the future/);
  }));
