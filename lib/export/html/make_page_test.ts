import assert from "node:assert/strict";
import { fromBase64, utf8 } from "../../formats/bytes.ts";
import { formatPublicKey, keyFromSeed } from "../../signing/mod.ts";
import { makePage, MAX_PAGE_PACK } from "./make_page.ts";

const PARTS = { script: "document.title = 'é';", version: "1.2.3" };

async function pageText(pack: Uint8Array<ArrayBuffer>, parts = PARTS): Promise<string> {
  return new TextDecoder().decode(await makePage(pack, parts));
}

Deno.test("makePage() holds the exact bytes of the pack and nothing else of it", async () => {
  for (const length of [0, 1, 2, 3, 56, 57, 58, 57 * 1000, 57 * 1000 + 1, 200_001]) {
    const pack = Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8));
    const text = await pageText(pack);
    const lines = /<script id="pack" type="[^"]*">\n([\s\S]*?)<\/script>/.exec(text)![1]!;
    assert.deepEqual(fromBase64(lines.replaceAll("\n", "")), pack);
    assert.ok(lines.split("\n").every((line) => line.length <= 76));
  }
});

Deno.test("makePage() gives the same bytes for the same parts", async () => {
  const pack = utf8("a pack");
  assert.deepEqual(await makePage(pack, PARTS), await makePage(pack, PARTS));
});

Deno.test("makePage() allows its own script and style by their digests, and nothing else", async () => {
  const text = await pageText(utf8("a pack"));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)![1]!;
  const digest = async (body: string) =>
    `'sha256-${
      btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(body)))))
    }'`;
  const script = /<script type="module">([\s\S]*?)<\/script>/.exec(text)![1]!;
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!;
  assert.equal(script, PARTS.script);
  const directives = policy.split("; ");
  assert.ok(directives.includes("default-src 'none'"));
  assert.ok(directives.includes(`script-src ${await digest(script)}`));
  assert.ok(directives.includes(`style-src ${await digest(style)}`));
  assert.ok(!/unsafe|https?:|data:|blob:|\*/.test(policy));
  assert.ok(text.indexOf("Content-Security-Policy") < text.indexOf("<style>"), "the policy must come first");
});

Deno.test("makePage() refuses a script that would end its element, and a pack that is too large", async () => {
  for (const script of ["'</script>'", "'</SCRIPT '", "'<!--'"]) {
    await assert.rejects(pageText(utf8("p"), { ...PARTS, script }), { code: "internal_failure" });
  }
  await assert.rejects(makePage(new Uint8Array(MAX_PAGE_PACK + 1), PARTS), { code: "invalid_input" });
});

Deno.test("makePage() names a key as a claim, and lets no version break out of its attribute", async () => {
  const { public: claimedKey } = await keyFromSeed(new Uint8Array(32).fill(3));
  const parts = { ...PARTS, version: '1"><script>', claimedKey };
  const text = await pageText(utf8("p"), parts);
  assert.ok(
    text.includes(`<script id="claimed" type="text/plain">\n${formatPublicKey(claimedKey)}</script>`),
  );
  assert.ok(text.includes('content="gait 1script"'));
});
