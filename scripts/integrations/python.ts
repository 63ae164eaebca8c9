/**
 * The adapters of the Python package with the real frameworks, pinned, and a scripted model in each. Closes with
 * `frameworks: N passed, N failed, N skipped`; when the packages can't be had, that counts as one skipped.
 */
import { bundle } from "../bundle.ts";
import { findPython } from "../python/interpreters.ts";
import { pytest } from "../python/pytest.ts";
import { installSdk, PackagesMissing, type Venv, venv } from "../python/venv.ts";
import { setUp } from "../setup.ts";
import type { Counts } from "../test_counts.ts";

/** The version that the pinned packages were resolved for, then those that they also run on. */
const VERSIONS = ["3.12", "3.13", "3.11"];
const REQUIREMENTS = ["sdk/python/requirements-integrations.txt", "sdk/python/constraints-integrations.txt"];

await setUp();
await bundle(undefined, true);
const { passed, failed, skipped } = await run();
console.log(`frameworks: ${passed} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(failed > 0 ? 1 : 0);

async function run(): Promise<Counts> {
  let place: Venv;
  try {
    place = await frameworks();
  } catch (error) {
    if (!(error instanceof PackagesMissing)) throw error;
    console.log(`The Python frameworks: skipped, ${error.message}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const adapters = await pytest(place, ["tests/integrations/python"]);
  // The examples of the frameworks run here; those that need none also run with the tests of the package.
  const examples = await pytest(place, ["sdk/python/tests/test_examples.py"]);
  return {
    passed: adapters.passed + examples.passed,
    failed: adapters.failed + examples.failed,
    skipped: adapters.skipped + examples.skipped,
  };
}

async function frameworks(): Promise<Venv> {
  for (const version of VERSIONS) {
    const python = await findPython(version);
    if (python === undefined) continue;
    const place = await venv("frameworks", python, REQUIREMENTS);
    await installSdk(place);
    return place;
  }
  throw new PackagesMissing(`none of Python ${VERSIONS.join(", ")} is there`);
}
