/** The runner itself; that no expectation passes by not being looked at shows where the cases are played. */
import assert from "node:assert/strict";
import { repository } from "../support/places.ts";
import { type Case, parseCase } from "./case.ts";
import { runCase } from "./runner.ts";

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
