import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { invalidInput } from "../errors/mod.ts";
import type { DoctorEffects } from "./check.ts";
import { diagnose, doctorContext } from "./diagnose.ts";
import { findInPath } from "./programs.ts";

/** A context in which paths with this part are closed, as folders of other users are. */
function contextWithout(part: string, path = "") {
  const memory = memoryFiles();
  const closed = (name: "isFile" | "stat") => (given: string) => {
    if (given.includes(part)) {
      return Promise.reject(invalidInput(`Cannot look at "${given}": permission denied`));
    }
    return memory[name](given);
  };
  const files = { ...memory, isFile: closed("isFile"), stat: closed("stat"), realPath: (at: string) => at };
  const env = { get: (name: string) => name === "PATH" ? path : undefined };
  const effects = { files, env, os: "linux", now: () => 0 } as unknown as DoctorEffects;
  const options = { workdir: ".", outputDir: "gait-out", keyMode: "dev", sources: {} };
  return { memory, context: doctorContext(options as never, effects) };
}

Deno.test("a check that can't look has failed, and the later ones are run all the same", async () => {
  const { context } = contextWithout(".gait/");
  const only = ["key_exposure", "key_source_ambiguity"];
  const { results, status } = await diagnose(context, { production: false, further: true, only });
  assert.deepEqual(results.map(({ check }) => check.id), only);
  assert.deepEqual([results[0]!.finding.status, status], ["fail", "fail"]);
  assert.match(results[0]!.finding.message, /^it can't be checked: .*permission denied/);
});

Deno.test("a folder of PATH that may not be looked into has no program, as in a shell", async () => {
  const { memory, context } = contextWithout("/closed/", "/closed:/opt/bin");
  assert.equal(await findInPath("gait", context), undefined);
  await memory.makeFolder("/opt/bin");
  await memory.writeAtomic("/opt/bin/gait", new Uint8Array([1]), { mode: 0o755, anywhere: true });
  assert.equal((await findInPath("gait", context))?.path, "/opt/bin/gait");
});
