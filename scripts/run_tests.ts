/**
 * `deno task test [filter]`: set the checkout up, run all tests, and close with the line `tests: N passed, N failed`.
 */
import { setUp } from "./setup.ts";
import { bundle } from "./bundle.ts";
import { makeWorkFolder, root } from "./root.ts";

await setUp();
await bundle(undefined, true);
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
// Deno says "ok | 12 passed (3 steps) | 0 failed (1s)"; what it doesn't say counts as failed.
const counts = /(\d+) passed.*?\| (\d+) failed/.exec(
  tail.split("\n").findLast((line) => line.includes(" passed")) ?? "",
);
const [passed, failed] = [Number(counts?.[1] ?? 0), Number(counts?.[2] ?? (code === 0 ? 0 : 1))];
const noneRan = passed === 0 && failed === 0;
console.log(`tests: ${passed} passed, ${failed} failed`);
Deno.exit(code !== 0 ? code : failed > 0 || noneRan ? 1 : 0);
