/** The page against the packs of others: every archive of the recorded pack cases, whole, damaged and forged. */
import assert from "node:assert/strict";
import { sha256 } from "../../lib/signing/mod.ts";
import { onStage } from "../support/gait.ts";
import { recordedInputs } from "../conformance/case.ts";
import { answerOf, browserTest, onPage, pageOf } from "./chromium.ts";

/** Archives of the recorded pack cases, each content once. */
async function recordedArchives(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const archives = [...recordedInputs(/\.zip$/, ["pack"]).values()];
  return new Map(await Promise.all(archives.map(async (bytes) => [await sha256(bytes), bytes] as const)));
}

/** What the command says of one of many packs. */
interface Reported {
  readonly path: string;
  readonly ok: boolean;
  readonly verify?: unknown;
  readonly error?: string;
  readonly error_code?: string;
}

browserTest("the page says what the command says of every recorded pack", async () => {
  const archives = await recordedArchives();
  assert.ok(archives.size > 60, "cases are missing");
  await onStage(async (stage) => {
    for (const [digest, bytes] of archives) await stage.write(`packs/${digest}.zip`, bytes);
    const reported: Reported[] = (await stage.gait`pack verify packs --json`).json.packs;
    assert.equal(reported.length, archives.size);
    assert.ok(reported.some(({ ok }) => ok) && reported.some(({ verify }) => !verify));
    await onPage("", async ({ page }) => {
      for (const { path, ok, verify, error, error_code } of reported) {
        const digest = /([0-9a-f]{64})\.zip$/.exec(path)![1]!;
        await Deno.writeTextFile(new URL(page.url()), await pageOf(archives.get(digest)!));
        await page.reload();
        const { outcome, json } = await answerOf(page);
        const said = JSON.parse(json!);
        assert.equal(outcome !== "not_verified", ok, path);
        assert.equal(said.ok, ok, path);
        assert.equal(JSON.stringify(said.verify), JSON.stringify(verify), path);
        assert.deepEqual([said.error, said.error_code], [error, error_code], path);
      }
    });
  });
});
