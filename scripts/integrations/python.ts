/**
 * The adapters of the Python package with the real frameworks, pinned, and a scripted model in each. Closes with
 * `frameworks: N passed, N failed, N skipped`; when the packages can't be had, that counts as one skipped.
 */
import { bundle } from "../bundle.ts";
import { type FRAMEWORKS, frameworksPlace } from "../python/places.ts";
import { pytest } from "../python/pytest.ts";
import { installSdk, orSkipped, type Venv } from "../python/venv.ts";
import { root } from "../root.ts";
import { setUp } from "../setup.ts";
import { type Counts, statusOf, sumOf } from "../test_counts.ts";

await setUp();
await bundle(undefined, true);
const counts = await run();
console.log(`frameworks: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
Deno.exit(statusOf(counts));

async function run(): Promise<Counts> {
  const frameworks = await orSkipped("The Python frameworks", async () => {
    const place = await placeOf("frameworks");
    const adapters = await pytest(place, ["tests/integrations/python"], ["-k", "not crewai"]);
    // The examples that need a framework run here, the others with the tests of the package.
    const examples = await pytest(place, ["sdk/python/tests/test_examples.py"], [
      "-k",
      (await examplesWithFramework()).join(" or "),
    ]);
    return sumOf([adapters, examples]);
  });
  const crewai = await orSkipped("CrewAI", async () => {
    const tests = ["test_crewai.py", "test_guide.py", "test_pages.py"].map((name) =>
      `tests/integrations/python/${name}`
    );
    return await pytest(await placeOf("crewai"), tests, ["-k", "crewai"]);
  });
  return sumOf([frameworks, crewai]);
}

/** The examples with a command that their README says to need a package. */
async function examplesWithFramework(): Promise<string[]> {
  const folder = `${root}examples/integrations`;
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const readme = isDirectory ? await Deno.readTextFile(`${folder}/${name}/README.md`).catch(() => "") : "";
    if (/ # .*needs: \w/.test(readme)) names.push(name);
  }
  return names.sort();
}

async function placeOf(name: keyof typeof FRAMEWORKS): Promise<Venv> {
  const place = await frameworksPlace(name);
  await installSdk(place);
  return place;
}
