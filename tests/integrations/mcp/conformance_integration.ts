/** The official conformance scenarios for servers: what passes direct passes through the gateway. */
import assert from "node:assert/strict";
import { onStage } from "../../support/gait.ts";
import { testUnless } from "../../support/test_unless.ts";
import { environment, npm, OPEN_POLICY, throughGateway } from "./drive.ts";
import { freePort, withService } from "./service.ts";

const EVERYTHING = `${npm.folder}/node_modules/@modelcontextprotocol/server-everything/dist/index.js`;
const CONFORMANCE = `${npm.folder}/node_modules/@modelcontextprotocol/conformance/dist/index.js`;

/** The scenarios need Node 22; it comes from npm, pinned, where this machine has an older one. */
const NODE = "node@22.21.1";
const node = await findNode();

async function findNode(): Promise<{ readonly path: string; readonly missing: string | undefined }> {
  const missing = `npx -y ${NODE} can't be had`;
  if (npm.missing !== undefined) return { path: "", missing: npm.missing };
  const { success, stdout } = await new Deno.Command("npx", {
    args: ["-y", NODE, "-p", "process.execPath"],
    stderr: "null",
  }).output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  const path = new TextDecoder().decode(stdout).trim();
  return success && path !== "" ? { path, missing: undefined } : { path, missing };
}

/** The scenarios that pass. */
async function passing(url: string, folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(node.path, {
    args: [CONFORMANCE, "server", "--url", `${url}/mcp`],
    cwd: folder,
    clearEnv: true,
    env: environment(folder),
    stdout: "piped",
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.flatMap((line) => /✓ ([a-z0-9-]+): \d+ passed, 0 failed/.exec(line)?.[1] ?? []).sort();
}

testUnless(
  node.missing,
  "conformance scenarios that pass direct pass through the gateway",
  () =>
    onStage(async ({ folder: given, write }) => {
      const folder = await Deno.realPath(given);
      await write("policy.yaml", OPEN_POLICY);
      const port = freePort();
      const server = { cwd: folder, env: { PORT: String(port) } };
      let direct: string[] = [];
      await withService(["node", EVERYTHING, "streamableHttp"], server, async (url) => {
        direct = await passing(url, folder);
      }, `http://127.0.0.1:${port}`);
      assert.ok(direct.length >= 8, direct.join(" "));
      const gated = throughGateway(["node", EVERYTHING], folder, [], ["--listen", "127.0.0.1:0"]);
      await withService(gated, { cwd: folder, env: {} }, async (url) => {
        const through = new Set(await passing(url, folder));
        assert.deepEqual(direct.filter((name) => !through.has(name)), []);
      });
    }),
);
