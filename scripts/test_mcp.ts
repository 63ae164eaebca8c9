/**
 * `deno task test:mcp`: the gateway between real MCP clients and servers (tests/integrations/mcp). Closes with
 * `mcp: N passed, N failed, N skipped`; what can't be installed counts as skipped.
 */
import { bundle } from "./bundle.ts";
import { root } from "./root.ts";
import { setUp } from "./setup.ts";
import { runShown } from "./shown_run.ts";
import { countTests, statusOf } from "./test_counts.ts";

const FOLDER = "tests/integrations/mcp";

await setUp();
await bundle({}, true);
const files = [...Deno.readDirSync(root + FOLDER)].map(({ name }) => name)
  .filter((name) => name.endsWith("_integration.ts")).sort();
// Without a file, Deno would run every test of the checkout.
if (files.length === 0) throw new Error(`${FOLDER} has no test`);
const { tail, code } = await runShown(
  ["test", "--quiet", "--no-check", "--allow-all", ...files.map((name) => `${FOLDER}/${name}`)],
  { NO_COLOR: "1" },
);
const counts = countTests(tail, code);
console.log(`mcp: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
Deno.exit(statusOf(counts));
