/*
 * Anchors 5.3: any single flipped byte in a pack makes verify fail, whatever it belongs to: contents, headers, the
 * directory, even bits that no reader looks at.
 */
import assert from "node:assert/strict";
import { verifyPack } from "../../lib/pack/verify.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { jobPackSample, runPackSample } from "../support/sample_packs.ts";
import { testKey } from "../support/sample_run.ts";

/** Whether a pack verifies; only errors of ours count as a refusal. */
async function verifies(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    return (await verifyPack(bytes)).ok;
  } catch (error) {
    if (error instanceof GaitError && ["invalid_input", "verification_failed"].includes(error.code)) {
      return false;
    }
    throw error;
  }
}

/** Every single bit, and all of them. */
const MASKS = [1, 2, 4, 8, 16, 32, 64, 128, 255];

for (
  const [kind, make] of Object.entries({
    "run pack": () => runPackSample(),
    "signed job pack": async () => jobPackSample(await testKey(1)),
  })
) {
  Deno.test(`verifyPack() fails when any byte of a ${kind} is flipped`, async () => {
    const pack = await make();
    assert.equal(await verifies(pack), true);
    const accepted: string[] = [];
    for (let at = 0; at < pack.length; at++) {
      // All nine would take half a minute; they held when this was written. Each byte gets two of them.
      for (const mask of [MASKS[at % 9]!, MASKS[(at * 5 + 3) % 9]!]) {
        pack[at]! ^= mask;
        if (await verifies(pack)) accepted.push(`byte ${at} of ${pack.length} ^ ${mask}`);
        pack[at]! ^= mask;
      }
    }
    assert.deepEqual(accepted, []);
  });

  Deno.test(`verifyPack() fails when a ${kind} is cut anywhere`, async () => {
    const pack = await make();
    for (let length = 0; length < pack.length; length++) {
      assert.equal(await verifies(pack.slice(0, length)), false, `cut at ${length}`);
    }
  });
}
