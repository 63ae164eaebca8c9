import assert from "node:assert/strict";
import { repository } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";
import { readCases, readRed } from "./case.ts";
import { mutantsOf, sampleOf } from "./mutants.ts";
import { missingNeed } from "./needs.ts";
import type { Played } from "./play.ts";
import { outcomeOf, runCase, runCases } from "./runner.ts";

const gait = [`${repository}bin/gait`];
const cases = readCases();
const red = readRed();
const needs = new Map([...cases].map(([id, recorded]) => [id, missingNeed(recorded)]));
const green = [...cases.keys()].filter((id) => !red.has(id) && needs.get(id) === undefined);
const still = new Map([...cases].filter(([id]) => red.has(id) && needs.get(id) === undefined));

/** Of a sample: how often one thing of a case was expected otherwise, and where nobody noticed. */
const sample = sampleOf(green.map((id) => [id, cases.get(id)!]));
const mutants = { tried: 0, unnoticed: [] as string[] };

async function tryMutants(id: string, played: Played): Promise<void> {
  // Nothing writes any more: each file is read once for all of them.
  const files = new Map<string, Promise<Uint8Array>>();
  const read = (path: string) => {
    const content = files.get(path) ?? Deno.readFile(path);
    files.set(path, content);
    return content;
  };
  for (const { where, recorded } of mutantsOf(cases.get(id)!)) {
    mutants.tried++;
    if ((await outcomeOf(recorded, played, read)).length === 0) mutants.unnoticed.push(`${id}: ${where}`);
  }
}

/** The case of a test and the one behind it run side by side. */
const started = new Map<string, Promise<string[]>>();
function start(id: string): Promise<string[]> {
  const look = sample.has(id) ? (played: Played) => tryMutants(id, played) : undefined;
  const running = started.get(id) ?? runCase(gait, cases.get(id)!, { look });
  started.set(id, running);
  return running;
}

for (const [i, id] of green.entries()) {
  Deno.test({
    name: `conformance ${id}`,
    async fn() {
      const own = start(id);
      const next = green[i + 1];
      if (next !== undefined) start(next);
      assert.deepEqual(await own, []);
    },
    sanitizeOps: false,
    sanitizeResources: false,
  });
}

Deno.test("a case that passes fails when any single thing is expected otherwise", async () => {
  for (const id of sample) assert.deepEqual(await start(id), [], id);
  assert.deepEqual(mutants.unnoticed, []);
  assert.ok(mutants.tried > 1000, `${mutants.tried} mutants`);
});

Deno.test.afterAll(async () => void await Promise.all(started.values()));

for (const [id, need] of needs) {
  const listed = red.has(id) ? "listed in testdata/conformance/red.txt" : undefined;
  const missing = need === undefined ? listed : `it needs ${need}`;
  if (missing !== undefined) testUnless(missing, `conformance ${id}`, () => {});
}

Deno.test("no case that passes is listed in testdata/conformance/red.txt", async () => {
  const results = await runCases(gait, still, { untilFirstProblem: true });
  assert.deepEqual([...results].filter(([, problems]) => problems.length === 0).map(([id]) => id), []);
});

Deno.test("testdata/conformance/red.txt names cases that there are, in order and once", async () => {
  assert.deepEqual([...red].filter((id) => !cases.has(id)), []);
  const lines = (await Deno.readTextFile(`${repository}testdata/conformance/red.txt`)).trimEnd().split("\n");
  assert.deepEqual(lines.slice(1), [...red].sort());
});
