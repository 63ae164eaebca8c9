/**
 * `deno task demo`: set the checkout up and run the main job in a fresh folder, each step with its result in a line
 * or two.
 */
import { shellWord } from "../lib/formats/shell.ts";
import { bundle } from "./bundle.ts";
import { makeWorkFolder, root } from "./root.ts";
import { setUp } from "./setup.ts";

interface Step {
  readonly args: readonly string[];
  readonly explain: (result: Record<string, unknown>, folder: string) => Promise<string[]> | string[];
}

const STEPS: readonly Step[] = [
  {
    args: ["demo"],
    explain: (result) => [
      `A small agent run is now a signed file: ${result.bundle}`,
      `Its one-line proof for a ticket: ${result.ticket_footer}`,
    ],
  },
  {
    args: ["verify", "run_demo"],
    explain: (result) => [
      `${result.files_checked} files and the manifest have the digests they had when they were recorded;`,
      `the signature is ${result.signature_status}: ${result.signature_note}. No network was used.`,
    ],
  },
  {
    args: ["regress", "bootstrap", "--from", "run_demo", "--junit", "./gait-out/junit.xml"],
    explain: async (result, folder) => {
      const junit = await Deno.readTextFile(`${folder}/gait-out/junit.xml`);
      const [, tests, failures] = /tests="(\d+)" failures="(\d+)"/.exec(junit) ?? [];
      return [
        `The run is now a regression: ${result.fixture_dir}. Status: ${result.status}.`,
        `CI reads ${result.junit}: ${tests} tests, ${failures} failures. From now on, drift exits with 5.`,
      ];
    },
  },
];

await setUp();
await bundle({}, true);
const folder = await makeWorkFolder("demo-");
console.log(`Working in ${folder}\n`);
for (const [i, { args, explain }] of STEPS.entries()) {
  console.log(`${i + 1}. gait ${args.join(" ")}`);
  const { code, stdout, stderr } = await new Deno.Command(`${root}bin/gait`, {
    args: [...args, "--json"],
    cwd: folder,
  })
    .output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) {
    console.error(text + new TextDecoder().decode(stderr));
    Deno.exit(code);
  }
  for (const line of await explain(JSON.parse(text), folder)) console.log(`   ${line}`);
}
console.log(`\nTry it yourself: cd ${shellWord(folder)} && ${shellWord(`${root}bin/gait`)} help`);
