/**
 * Outputs that replace nothing, on a disk that fails: whatever stood there is still there, under its name or a number, and
 * no part of a file is.
 */
import assert from "node:assert/strict";
import { makeFiles } from "../../lib/effects/mod.ts";
import type { OutputRules } from "../../lib/effects/types.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";

const WAYS: Readonly<Record<string, OutputRules>> = {
  "by number": { ifTaken: "number" },
  "aside": { older: () => true },
  "away": { older: () => true, olderGoes: "away" },
  "by force": { force: true },
};

for (const [way, rules] of Object.entries(WAYS)) {
  for (const failure of ["before", "half", "after"] satisfies Failure[]) {
    Deno.test(`writeOutput() leaves whole files when the n-th disk call fails (${way}, ${failure})`, async () => {
      let calls = 1;
      for (let n = 1; n <= calls; n++) {
        const folder = await Deno.makeTempDir({ prefix: "gait-output-" });
        try {
          await Deno.writeTextFile(`${folder}/r.json`, "the old one");
          const failing = failingDisk(n, failure);
          const written = await makeFiles(failing.disk).writeOutput(
            `${folder}/r.json`,
            utf8("the new one"),
            rules,
          )
            .then(() => true, () => false);
          calls = Math.max(calls, failing.calls());
          const found = [...Deno.readDirSync(folder)]
            // What a crash in the middle leaves behind is hidden, and no output.
            .filter(({ name }) => !/^\.r.*\.tmp-/.test(name))
            .map(({ name }) => Deno.readTextFileSync(`${folder}/${name}`));
          const keepsOld = way === "by number" || way === "aside";
          if (keepsOld || !found.includes("the new one")) assert(found.includes("the old one"), `${n}`);
          if (written) assert(found.includes("the new one"), `${n}`);
          assert.deepEqual(found.filter((text) => !/^the (?:old|new) one$/.test(text)), [], `${n}`);
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      }
    });
  }
}
