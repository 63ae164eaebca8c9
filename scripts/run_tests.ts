/**
 * `deno task test [filter]`: set the checkout up, run all tests, and close with the line `tests: N passed, N failed, N skipped`.
 */
import { setUp } from "./setup.ts";
import { bundle } from "./bundle.ts";
import { makeWorkFolder, root } from "./root.ts";
import { countTests } from "./test_counts.ts";

await setUp();
await bundle({}, true);
// Tests clean up behind themselves; what one leaves when it is killed goes with the folder.
const temporary = await makeWorkFolder("tests-");
const filter = Deno.args[0];
const child = new Deno.Command(Deno.execPath(), {
  args: [
    "test",
    "--quiet",
    "--no-check",
    "--allow-all",
    "--parallel",
    ...(filter ? ["--filter", filter] : []),
  ],
  cwd: root,
  env: { DENO_JOBS: "2", NO_COLOR: "1", TMPDIR: temporary },
  stdout: "piped",
}).spawn();
let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
}
const { code } = await child.status;
await Deno.remove(temporary, { recursive: true }).catch(() => {});
const { passed, failed, skipped } = countTests(tail, code);
const noneRan = passed === 0 && failed === 0;
console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(code !== 0 ? code : failed > 0 || noneRan ? 1 : 0);
