/*
 * Retention on a disk that fails: nothing is gone that no report tells of, and what is not reached stays.
 */
import assert from "node:assert/strict";
import { makeFiles } from "../../lib/effects/mod.ts";
import { retainEvidence } from "../../lib/guard/retain/retain.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";
import type { Files } from "../../lib/effects/types.ts";

const OLD = new Date("2020-01-01T00:00:00Z");
const NAMES = ["evidence_pack_a.zip", "trace_1.json", "trace_2.json"];

function retain(folder: string, files: Files) {
  const options = {
    root: `${folder}/art`,
    ttl: { trace: 1n, pack: 1n },
    dryRun: false,
    reportOut: `${folder}/r.json`,
    onlyVerified: false,
    trusted: NO_KEYS,
    version: "t",
  };
  return retainEvidence(options, { files, now: () => Date.UTC(2026, 0, 1), home: undefined });
}

async function withEvidence(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-retain-" });
  try {
    await Deno.mkdir(`${folder}/art`);
    for (const name of NAMES) {
      await Deno.writeTextFile(`${folder}/art/${name}`, "x");
      await Deno.utime(`${folder}/art/${name}`, OLD, OLD);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const failure of ["before", "half", "after"] satisfies Failure[]) {
  for (const dead of [false, true]) {
    Deno.test(`no deletion goes unrecorded when the n-th disk call fails (${failure}${dead ? ", and all after it" : ""})`, async () => {
      let n = 1;
      for (let ended = false; !ended; n++) {
        await withEvidence(async (folder) => {
          const failing = failingDisk(n, failure, dead);
          const done = await retain(folder, makeFiles(failing.disk)).catch(() => undefined);
          ended = failing.calls() < n;
          const left = [...Deno.readDirSync(`${folder}/art`)].map(({ name }) => name);
          const gone = NAMES.filter((name) => !left.includes(name));
          if (gone.length === 0) return;
          const report = JSON.parse(await Deno.readTextFile(`${folder}/r.json`));
          const reported = report.deleted_files.map(({ path }: { path: string }) => path.replace(/.*\//, ""));
          // "after" is a deletion that the disk did and called failed.
          for (const name of gone) assert.ok(reported.includes(name) || failure === "after", `${n}: ${name}`);
          if (done && !done.error) assert.deepEqual([report.state, reported], ["completed", gone]);
        });
      }
      assert.ok(n > 10);
    });
  }
}

Deno.test("a deletion that fails stops the rest, and both the report and the answer say how far it came", () =>
  withEvidence(async (folder) => {
    const files = makeFiles();
    const stuck: Files = {
      ...files,
      remove: (path) => path.endsWith("trace_1.json") ? Promise.reject(new Error("no")) : files.remove(path),
    };
    await assert.rejects(retain(folder, stuck), { message: "no" });
    const { GaitError } = await import("../../lib/errors/mod.ts");
    const refusing: Files = {
      ...files,
      remove: (path) =>
        path.endsWith("trace_1.json")
          ? Promise.reject(new GaitError("invalid_input", "forbidden"))
          : files.remove(path),
    };
    await Deno.remove(`${folder}/r.json`);
    const done = await retain(folder, refusing);
    assert.equal(done.error?.code, "invalid_input");
    assert.deepEqual(done.files.map(({ remove, reason }) => [remove, reason]), [
      [false, "not_reached"],
      [false, "not_reached"],
    ]);
    const report = JSON.parse(await Deno.readTextFile(`${folder}/r.json`));
    assert.deepEqual([report.state, report.deleted_files, report.kept_files.length], ["failed", [], 2]);
  }));

Deno.test("a file that changed since it was looked at stays", () =>
  withEvidence(async (folder) => {
    const files = makeFiles();
    const late: Files = {
      ...files,
      // As if somebody wrote a new trace while the plan was written.
      async writeOutput(path, content, rules) {
        await Deno.writeTextFile(`${folder}/art/trace_1.json`, "new");
        await Deno.remove(`${folder}/art/trace_2.json`);
        return await files.writeOutput(path, content, rules);
      },
    };
    const done = await retain(folder, late);
    assert.deepEqual(done.files.map(({ remove, reason }) => [remove, reason]), [
      [true, undefined],
      [false, "changed"],
      [false, "gone"],
    ]);
    assert.equal(await Deno.readTextFile(`${folder}/art/trace_1.json`), "new");
  }));
