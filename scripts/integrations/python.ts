/**
 * The adapters of the Python package with the real frameworks, pinned, and a scripted model in each. Closes with
 * `frameworks: N passed, N failed, N skipped`; when the packages can't be had, that counts as one skipped.
 */
import { bundle } from "../bundle.ts";
import { type FRAMEWORKS, frameworksPlace } from "../python/places.ts";
import { pytest } from "../python/pytest.ts";
import { installSdk, orSkipped, type Venv } from "../python/venv.ts";
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
    // The examples of the frameworks run here; those that need none also run with the tests of the package.
    const examples = await pytest(place, ["sdk/python/tests/test_examples.py"]);
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

async function placeOf(name: keyof typeof FRAMEWORKS): Promise<Venv> {
  const place = await frameworksPlace(name);
  await installSdk(place);
  return place;
}
