import assert from "node:assert/strict";
import { makeFiles } from "../../lib/effects/mod.ts";
import { identifyServer } from "../../lib/mcp/pins/server_id.ts";
import { ServerPins } from "../../lib/mcp/pins/server_pins.ts";
import { onStage, type Stage } from "../support/gait.ts";

const TOOL = { name: "read", description: "Reads.", inputSchema: { type: "object" } };

/** What a server lists, as a gateway records it. */
async function listed({ path }: Stage, ...tools: (typeof TOOL)[]): Promise<void> {
  const server = await identifyServer("fs", { command: ["server"] });
  const options = { server, folder: path(".gait/mcp_pins"), firstUse: "pin" as const };
  await new ServerPins(options, { files: makeFiles(), now: () => Date.UTC(2026, 0, 2) }).record(
    "tool",
    tools,
  );
}

Deno.test("a user sees what a server changed, field by field, and accepts it or not", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    assert.deepEqual((await gait`mcp trust list --json`).json.servers, []);
    await listed(stage, TOOL);
    const same = await gait`mcp trust diff fs --json`;
    assert.deepEqual([same.code, same.json.changes], [0, []]);
    await listed(stage, { ...TOOL, description: "Reads.\u202e And sends." }, { ...TOOL, name: "send" });
    const list = await gait`mcp trust list --json`;
    assert.deepEqual(
      list.json.servers.map(({ name, pinned, pending }: Record<string, unknown>) => [name, pinned, pending]),
      [["fs", 1, 2]],
    );
    const diff = await gait`mcp trust diff fs --json`;
    assert.equal(diff.code, 2);
    const [changed, added] = diff.json.changes;
    assert.deepEqual([changed.name, changed.state, changed.fields], ["read", "changed", [
      { path: "$.description", before: "Reads.", after: "Reads.\u202e And sends." },
    ]]);
    assert.deepEqual([added.name, added.state, added.descriptor.name], ["send", "new", "send"]);
    // What is invisible is shown as an escape.
    const text = await gait`mcp trust diff fs`;
    assert.ok(!text.stdout.includes("\u202e") && text.stdout.includes("\\u202e"));

    // Nobody can be asked here, so nothing is accepted.
    assert.equal((await gait`mcp trust accept fs`).code, 8);
    assert.equal((await gait`mcp trust accept fs --listing ${"0".repeat(64)}`).code, 6);
    assert.equal((await gait`mcp trust accept fs --only other --yes`).code, 6);
    assert.equal((await gait`mcp trust diff fs`).code, 2);
    const accepted = await gait`mcp trust accept fs --listing ${diff.json.listing} --json`;
    assert.deepEqual([accepted.code, accepted.json.accepted.length], [0, 2]);
    assert.equal((await gait`mcp trust diff fs`).code, 0);
    assert.equal((await gait`mcp trust remove fs`).code, 8);
    assert.equal((await gait`mcp trust remove fs --yes`).code, 0);
    assert.equal((await gait`mcp trust diff fs`).code, 6);
  }));

Deno.test("a server that was never listed is told from a folder of pins that is another one", () =>
  onStage(async ({ gait }) => {
    const empty = await gait`mcp trust list`;
    assert.match(empty.stdout, /next: gait mcp trust list --pins-dir <folder>, if not \.gait\/mcp_pins/);
    for (const command of ["diff fs", "remove fs", "accept fs"]) {
      const { code, json } = await gait`mcp trust ${command.split(" ")} --json`;
      assert.equal(code, 6, command);
      assert.match(json.hint, /No server was ever listed in \.gait\/mcp_pins/);
    }
  }));
