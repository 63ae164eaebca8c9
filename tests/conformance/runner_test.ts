/** The runner itself: no expectation passes by not being looked at. */
import assert from "node:assert/strict";
import { repository } from "../support/places.ts";
import { type Case, parseCase, readCases, readRed } from "./case.ts";
import { mutantsOf } from "./mutants.ts";
import { missingNeed } from "./needs.ts";
import { onPlayed } from "./play.ts";
import { outcomeOf, runCase } from "./runner.ts";

const gait = [`${repository}bin/gait`];

/** What is expected in a case, as kinds. */
function kindsOf(recorded: Case): string[] {
  const ofSteps = recorded.steps.flatMap((step) => Object.keys(step).filter((name) => name !== "args"));
  const ofFiles = Object.values(recorded.files ?? {}).flatMap((expectation) => Object.keys(expectation));
  return [...ofSteps.map((name) => `step ${name}`), ...ofFiles.map((name) => `file ${name}`)];
}

/** Of every area that passes, the first case for each kind of expectation. */
function sample(): Map<string, Case> {
  const red = readRed();
  const chosen = new Map<string, Case>();
  const seen = new Set<string>();
  for (const [id, recorded] of readCases()) {
    if (red.has(id) || missingNeed(recorded) !== undefined) continue;
    const kinds = kindsOf(recorded).map((kind) => `${id.split("/")[0]} ${kind}`);
    if (kinds.some((kind) => !seen.has(kind))) chosen.set(id, recorded);
    for (const kind of kinds) seen.add(kind);
  }
  return chosen;
}

Deno.test("a case that passes fails when any single thing is expected otherwise", async () => {
  let mutants = 0;
  for (const [id, recorded] of sample()) {
    await onPlayed(gait, recorded, async (played) => {
      assert.deepEqual(await outcomeOf(recorded, played), [], id);
      for (const mutant of mutantsOf(recorded)) {
        assert.notDeepEqual(await outcomeOf(mutant.recorded, played), [], `${id}: ${mutant.where}`);
        mutants++;
      }
    });
  }
  assert.ok(mutants > 1000, `${mutants} mutants`);
});

for (
  const [what, recorded] of [
    ["of which nothing is expected", { steps: [{ args: ["version"] }] }],
    ["with an unknown member", { steps: [{ args: ["version"], exit: 0 }], file: {} }],
    ["with an unknown member of a step", { steps: [{ args: ["version"], exit: 0, stdout: "" }] }],
    ["with an expectation of a background step", {
      steps: [{ args: ["version"], background: true, exit: 0 }, { args: ["version"], exit: 0 }],
    }],
    ["with an unknown expectation of a file", {
      steps: [{ args: ["version"], exit: 0 }],
      files: { a: { sha512: "" } },
    }],
    ["with two expectations of an entry", {
      steps: [{ args: ["version"], exit: 0 }],
      files: { a: { zip: { b: { text: "", json: {} } } } },
    }],
  ] as const
) {
  Deno.test(`a case ${what} is refused`, () => {
    assert.throws(() => parseCase(JSON.stringify({ about: what, ...recorded })));
  });
}

for (
  const [what, steps] of [
    ["a setup that fails", [{ shell: "exit 3" }, { args: ["version"], exit: 0 }]],
    ["an executable that is killed", [{ args: ["version"], exit: 0 }]],
    ["output that is not UTF-8", [{ args: ["version"], exit: 0 }]],
  ] as const
) {
  Deno.test(`a case fails at ${what}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "gait-stub-" });
    try {
      const script = what.endsWith("killed") ? "kill -9 $$" : "printf '\\377'";
      await Deno.writeTextFile(`${folder}/gait`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      assert.notDeepEqual(await runCase([`${folder}/gait`], { about: what, steps }), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a case fails when there is no executable", async () => {
  const recorded: Case = { about: "", steps: [{ args: ["version"], exit: 0 }] };
  assert.notDeepEqual(await runCase([`${repository}no-such-file`], recorded), []);
});
