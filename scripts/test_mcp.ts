/**
 * `deno task test:mcp`: the gateway between real MCP clients and servers (tests/integrations/mcp). Closes with
 * `mcp: N passed, N failed, N skipped`; what can't be installed counts as skipped.
 */
import { bundle } from "./bundle.ts";
import { root } from "./root.ts";
import { setUp } from "./setup.ts";
import { countTests } from "./test_counts.ts";

const FOLDER = "tests/integrations/mcp";

await setUp();
await bundle({}, true);
const files = [...Deno.readDirSync(root + FOLDER)].map(({ name }) => name)
  .filter((name) => name.endsWith("_integration.ts")).sort();
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "--quiet", "--no-check", "--allow-all", ...files.map((name) => `${FOLDER}/${name}`)],
  cwd: root,
  env: { NO_COLOR: "1" },
  stdout: "piped",
}).spawn();
let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
}
const { code } = await child.status;
const { passed, failed, skipped } = countTests(tail, code);
console.log(`mcp: ${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(failed > 0 ? 1 : 0);
