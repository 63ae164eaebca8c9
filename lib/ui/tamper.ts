import type { Files, ServerAnswer } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { insideWorkingFolder } from "../formats/path.ts";
import type { CommandRunner } from "./exec.ts";

const WHOLE = "gait-out/runpack_run_demo.zip";
const TAMPERED = "gait-out/tampered/runpack_run_demo.zip";

/**
 * Flip one bit of a copy of the demo run, and verify the copy: the guided tour shows that it fails. The run itself stays as
 * it is.
 *
 * @throws {GaitError} `invalid_input` when there is no demo run yet
 */
export async function tamper(files: Files, runner: CommandRunner): Promise<JsonObject> {
  if (!await files.isFile(WHOLE)) {
    throw invalidInput("There is no demo run yet", { hint: "Record it first: gait demo" });
  }
  const bytes = await files.read(WHOLE);
  const offset = Math.floor(bytes.length / 2);
  const before = bytes[offset]!;
  bytes[offset] = before ^ 1;
  await files.makeFolder("gait-out/tampered");
  await files.writeAtomic(insideWorkingFolder(TAMPERED), bytes);
  const answer = await runner.run("verify_tampered", ["verify", TAMPERED, "--json"], true);
  return { path: TAMPERED, offset, before, after: bytes[offset]!, result: resultOf(answer) };
}

function resultOf({ body }: ServerAnswer): JsonObject {
  return JSON.parse(body);
}
