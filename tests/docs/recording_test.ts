/** The recording of the quickstart shows what the program prints. */
import assert from "node:assert/strict";
import { asciicast, COMMANDS, picture, play } from "../../scripts/recording.ts";
import { repository } from "../support/places.ts";

/** Ids of keys are new each time. */
const KEY_ID = /\b[0-9a-f]{64}\b/g;

Deno.test("docs/images/quickstart shows what the commands print", async () => {
  const frames = await play(COMMANDS);
  for (const [name, made] of [["cast", asciicast(frames)], ["svg", picture(frames)]] as const) {
    const kept = await Deno.readTextFile(`${repository}docs/images/quickstart.${name}`);
    assert.equal(made.replace(KEY_ID, "<id>"), kept.replace(KEY_ID, "<id>"), `${name}: deno task recording`);
  }
});
