/**
 * The adapters of the Python package with the real frameworks, pinned, and a scripted model in each. Closes with
 * `frameworks: N passed, N failed, N skipped`; when the packages can't be had, that counts as one skipped.
 */
import { bundle } from "../bundle.ts";
import { findPython } from "../python/interpreters.ts";
import { pytest } from "../python/pytest.ts";
import { installSdk, orSkipped, PackagesMissing, type Venv, venv } from "../python/venv.ts";
import { setUp } from "../setup.ts";
import { type Counts, statusOf, sumOf } from "../test_counts.ts";

/** The version that the pinned packages were resolved for, then those that they also run on. */
const VERSIONS = ["3.12", "3.13", "3.11"];
const listsOf = (
  name: string,
) => [`sdk/python/requirements-${name}.txt`, `sdk/python/constraints-${name}.txt`];

await setUp();
await bundle(undefined, true);
const counts = await run();
console.log(`frameworks: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
Deno.exit(statusOf(counts));

async function run(): Promise<Counts> {
  const frameworks = await orSkipped("The Python frameworks", async () => {
    const place = await placeOf("frameworks", "integrations");
    const adapters = await pytest(place, ["tests/integrations/python"], ["-k", "not crewai"]);
    // The examples of the frameworks run here; those that need none also run with the tests of the package.
    const examples = await pytest(place, ["sdk/python/tests/test_examples.py"]);
    return sumOf([adapters, examples]);
  });
  // Its newest version wants older packages than the others do; beside them pip would take one of a year ago.
  const crewai = await orSkipped("CrewAI", async () => {
    const tests = ["test_crewai.py", "test_guide.py", "test_pages.py"].map((name) =>
      `tests/integrations/python/${name}`
    );
    return await pytest(await placeOf("crewai", "crewai"), tests, ["-k", "crewai"]);
  });
  return sumOf([frameworks, crewai]);
}

async function placeOf(name: string, lists: string): Promise<Venv> {
  for (const version of VERSIONS) {
    const python = await findPython(version);
    if (python === undefined) continue;
    const place = await venv(name, python, listsOf(lists));
    await installSdk(place);
    return place;
  }
  throw new PackagesMissing(`none of Python ${VERSIONS.join(", ")} is there`);
}
