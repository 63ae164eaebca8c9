/**
 * The Python package on every version of Python that it is for: installed as a user installs it, its tests run
 * against the gait of this checkout, its types checked once. Closes with `python: N passed, N failed, N skipped`;
 * a version that the machine lacks counts as skipped.
 */
import { bundle } from "./bundle.ts";
import { SUPPORTED } from "./python/interpreters.ts";
import { sdkPlace, typesPlace } from "./python/places.ts";
import { pytest } from "./python/pytest.ts";
import { installSdk, installSdkWithPip, orSkipped } from "./python/venv.ts";
import { root } from "./root.ts";
import { setUp } from "./setup.ts";
import { type Counts, statusOf, sumOf } from "./test_counts.ts";

await setUp();
await bundle(undefined, true);
const all: Counts[] = [];
for (const version of SUPPORTED) all.push(await orSkipped(`Python ${version}`, () => testsOn(version)));
all.push(await orSkipped("mypy --strict", checkTypes));
const total = sumOf(all);
console.log(`python: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
Deno.exit(total.passed === 0 ? 1 : statusOf(total));

async function testsOn(version: string): Promise<Counts> {
  const place = await sdkPlace(version);
  const isFirst = version === SUPPORTED[0];
  await (isFirst ? installSdkWithPip : installSdk)(place);
  console.log(`Python ${version}:`);
  // The examples call the executable alone, so one version is enough for them.
  const options = isFirst ? [] : [`--ignore=${root}sdk/python/tests/test_examples.py`];
  return await pytest(place, ["sdk/python/tests"], options);
}

async function checkTypes(): Promise<Counts> {
  const place = await typesPlace();
  console.log("mypy --strict:");
  const { success } = await new Deno.Command(`${place.bin}/mypy`, {
    args: ["--cache-dir", `${root}.cache/python/mypy`],
    cwd: `${root}sdk/python`,
  }).spawn().status;
  return { passed: success ? 1 : 0, failed: success ? 0 : 1, skipped: 0 };
}
