/**
 * The MCP gateway and service with real SDKs and servers (tests/integrations/mcp). Closes with
 * `mcp: N passed, N failed, N skipped`.
 */
import { bundle } from "../bundle.ts";
import { root } from "../root.ts";
import { setUp } from "../setup.ts";
import { countTests } from "../test_counts.ts";

const FOLDER = `${root}tests/integrations/mcp`;

await setUp();
await bundle({}, true);
const files: string[] = [];
for await (const { name } of Deno.readDir(FOLDER)) {
  if (name.endsWith("_integration.ts")) files.push(`${FOLDER}/${name}`);
}
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "--quiet", "--no-check", "--allow-all", ...files.sort()],
  cwd: root,
  env: { NO_COLOR: "1" },
  stdin: "null",
  stdout: "piped",
}).spawn();
let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
}
const { passed, failed, skipped } = countTests(tail, (await child.status).code);
console.log(`mcp: ${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(failed > 0 ? 1 : 0);
