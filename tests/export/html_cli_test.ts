import assert from "node:assert/strict";
import { formatPublicKey, sha256 } from "../../lib/signing/mod.ts";
import { onStage } from "../support/gait.ts";
import { runPackSample, swap } from "../support/sample_packs.ts";
import { packSample, testKey } from "../support/sample_run.ts";

const key = await testKey(1);

/** As docs/pack_html.md tells a reader to. */
const TAKE_OUT =
  `sed -n '/<script id="pack"/,/<\\/script>/p' page.html | sed '1d;$d' | base64 -d > taken.zip`;

Deno.test("a page gives the pack back with the tools of any shell, and the same page again", () =>
  onStage(async ({ gait, write, bytes, folder }) => {
    const pack = await runPackSample(key);
    await write("pack.zip", pack);
    const exported = await gait`pack export pack.zip --html page.html --json`;
    assert.equal(exported.code, 0, exported.stdout);
    assert.equal(exported.json.html_path, "page.html");
    assert.equal(exported.json.html_sha256, await sha256(await bytes("page.html")));
    const { code } = await new Deno.Command("sh", { args: ["-c", TAKE_OUT], cwd: folder }).output();
    assert.equal(code, 0);
    assert.deepEqual(await bytes("taken.zip"), pack);
    assert.equal((await gait`pack export taken.zip --html again.html`).code, 0);
    assert.deepEqual(await bytes("again.html"), await bytes("page.html"));
  }));

Deno.test("a page is small, complete and names nothing outside of itself", () =>
  onStage(async ({ gait, write, read }) => {
    const pack = await runPackSample(key);
    await write("pack.zip", pack);
    assert.equal((await gait`pack export pack.zip --html page.html`).code, 0);
    const page = await read("page.html");
    assert.ok(page.length - pack.length * 4 / 3 < 275_000, `${page.length} bytes`);
    assert.ok(!/\bDeno\.|["'`]node:|\bprocess\./.test(page));
    assert.ok(!/<(?:link|img|iframe|object|embed|base)\b|\b(?:src|href)=/i.test(page));
    assert.ok(!/@import|url\(/.test(page));
  }));

Deno.test("the key of the exporter is named when it signed the pack, and not otherwise", () =>
  onStage(async ({ gait, write, read }) => {
    await write("signed.zip", await runPackSample(key));
    await write("bare.zip", await runPackSample());
    await write("right.key", formatPublicKey(key.public));
    await write("wrong.key", formatPublicKey((await testKey(2)).public));
    const exported = async (pack: string, ...flags: string[]) =>
      (await gait`pack export ${pack} --html page.html --force ${flags}`).code;
    const claims = async () => (await read("page.html")).includes('<script id="claimed"');
    assert.equal(await exported("signed.zip"), 0);
    assert.equal(await claims(), false);
    assert.equal(await exported("signed.zip", "--public-key", "right.key"), 0);
    assert.equal(await claims(), true);
    assert.equal(await exported("bare.zip", "--public-key", "right.key"), 0);
    assert.equal(await claims(), false);
    assert.equal(await exported("signed.zip", "--public-key", "wrong.key"), 2);
    assert.equal(await exported("bare.zip", "--public-key", "right.key", "--require-signature"), 2);
  }));

Deno.test("nothing is written for a damaged pack, and nothing over the pack or another output", () =>
  onStage(async ({ gait, write, bytes, files }) => {
    const pack = await runPackSample(key);
    await write("pack.zip", pack);
    await write("damaged.zip", await swap(pack, { "run_payload.json": "{}" }));
    await write("short.zip", pack.slice(0, -1));
    const before = await files();
    const exports = [
      [2, "damaged.zip", "page.html"],
      [2, "short.zip", "page.html"],
      [6, "pack.zip", "pack.zip"],
      [6, "pack.zip", "./pack.zip"],
      [6, "pack.zip", "missing/page.html"],
      [6, "pack.zip", "../page.html"],
      [6, "none.zip", "page.html"],
    ] as const;
    for (const [code, source, page] of exports) {
      const result = await gait`pack export ${source} --html ${page} --json`;
      assert.deepEqual([result.code, result.json.ok], [code, false], `${source} ${page}: ${result.stdout}`);
    }
    const twice = await gait`pack export pack.zip --html out --otel-out out`;
    assert.equal(twice.code, 6);
    assert.deepEqual(await files(), before);
    assert.deepEqual(await bytes("pack.zip"), pack);
  }));

Deno.test("a bare runpack becomes a page, too", () =>
  onStage(async ({ gait, write, read }) => {
    await write("run.zip", (await packSample()).bytes);
    assert.equal((await gait`pack export run.zip --html page.html`).code, 0);
    assert.ok((await read("page.html")).startsWith("<!DOCTYPE html>"));
  }));
