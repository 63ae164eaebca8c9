/**
 * `deno task test:integrations [name]...`: the tests with real frameworks, servers and clients, a script of this folder
 * each; all of them without a name. Closes with `integrations: N passed, N failed, N skipped`.
 */
import { runSuite } from "../ci_tests.ts";
import { root } from "../root.ts";
import { type Counts, statusOf, sumOf } from "../test_counts.ts";

const FOLDER = `${root}scripts/integrations`;

async function scripts(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (name.endsWith(".ts") && !name.endsWith("_test.ts") && name !== "main.ts") {
      names.push(name.slice(0, -3));
    }
  }
  return names.sort();
}

const known = await scripts();
const wanted = Deno.args.length > 0 ? Deno.args : known;
const unknown = wanted.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`There is no "${unknown}": expected one of ${known.join(", ")}`);
  Deno.exit(6);
}
const all: Counts[] = [];
for (const name of wanted) all.push(await runSuite(["run", "-q", "-A", `${FOLDER}/${name}.ts`]));
const sum = sumOf(all);
console.log(`integrations: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
Deno.exit(statusOf(sum));
