/// <reference lib="dom" />
/**
 * The page says what the command says, byte for byte: about whole packs and damaged ones, with and without a key, with
 * Web Crypto's Ed25519 and without it.
 */
import assert from "node:assert/strict";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { formatPublicKey, STREAM_BYTES } from "../../lib/signing/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { callPackSample } from "../support/sample_calls.ts";
import { forge, jobPackSample, runPackSample, swap } from "../support/sample_packs.ts";
import { packSample, testKey } from "../support/sample_run.ts";
import { answerOf, browserTest, giveKey, onPage, type Opening, pageOf } from "./chromium.ts";
import { authorizationPackSample } from "./authorization_sample.ts";

const key = await testKey(1);
const RIGHT = formatPublicKey(key.public);
const WRONG = formatPublicKey((await testKey(2)).public);

type Bytes = Uint8Array<ArrayBuffer>;

async function wholePacks(): Promise<Record<string, Bytes>> {
  return {
    "run, signed": await runPackSample(key),
    "run, not signed": await runPackSample(),
    "job, signed": await jobPackSample(key),
    "call, signed": await callPackSample(key),
    "authorization, signed": await authorizationPackSample(key),
    "runpack, signed": (await packSample(() => {}, key)).bytes,
  };
}

async function damagedPacks(): Promise<Record<string, Bytes>> {
  const run = await runPackSample(key);
  const job = await jobPackSample(key);
  const flipped = (at: number) => run.map((byte, i) => i === at ? byte ^ 1 : byte);
  return {
    "changed entry": await swap(run, { "run_payload.json": "{}" }),
    "missing and changed entries": await swap(job, { "job_state.json": undefined, "job_events.jsonl": "" }),
    "undeclared entry with a name that turns text": await swap(run, { "x\u202egnp.\u2066\u0085exe": "1" }),
    "forged without the key": await forge(run, { "run_payload.json": '{"schema_id":"other"}' }),
    "forged with the key": await forge(job, { "job_events.jsonl": '{"a":1.0}\n' }, { key }),
    "another pack id": await swap(run, {
      "pack_manifest.json": `{"pack_id":"${"0".repeat(64)}"}`,
    }),
    "doubled key in the manifest": await swap(run, { "pack_manifest.json": '{"a":1,"a":2}' }),
    "broken JSON in the manifest": await swap(run, { "pack_manifest.json": '{"a":' }),
    "cut off": run.slice(0, -30),
    "bytes behind": concat([run, utf8("more")]),
    "bit in a header": flipped(6),
    "bit in the data": flipped(200),
    "bit in the directory": flipped(run.length - 60),
    "empty": new Uint8Array(),
    "no zip": utf8("no pack at all"),
  };
}

/** Who reads a page: with which key, and how strictly. */
interface Reader {
  readonly name: string;
  readonly keyText: string;
  readonly strict?: boolean;
}

const READERS: readonly Reader[] = [
  { name: "no key", keyText: "" },
  { name: "the signer's key", keyText: RIGHT },
  { name: "the signer's key, strict", keyText: RIGHT, strict: true },
  { name: "another key", keyText: WRONG },
];
const BAD_KEYS: readonly Reader[] = [
  { name: "no key", keyText: "" },
  { name: "a key of small order", keyText: "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" },
  { name: "a key that is not canonical", keyText: "7v///////////////////////////////////////38=\n" },
  { name: "a key that is too short", keyText: "AQAA\n" },
  { name: "a key that is not base64", keyText: "hello\n" },
];

/** What the command prints, without what follows from its arguments. */
async function commandSays(stage: Stage, { name, keyText, strict = false }: Reader): Promise<string> {
  const file = `${name}.key`;
  await stage.write(file, keyText);
  const { stdout } = await stage.gait`pack verify pack.zip
    --json ${(keyText === "" ? [] : ["--public-key", file])} ${(strict ? ["--profile", "strict"] : [])}`;
  return stdout.trimEnd()
    .replace(/"correlation_id":"[0-9a-f]{24}",?/, "")
    .replace(/"path":"pack\.zip",/, "")
    // The command names the file of a key that it can't use; the page has none.
    .replace(`public key \\"${file}\\"`, "public key");
}

/** Let every reader read every pack, on the page and by the command. */
async function compare(
  packs: Record<string, Bytes>,
  readers: readonly Reader[],
  opening?: Opening,
): Promise<Map<string, string | null>> {
  const outcomes = new Map<string, string | null>();
  await onStage(async (stage) => {
    for (const [name, pack] of Object.entries(packs)) {
      await stage.write("pack.zip", pack);
      const expected = await Promise.all(readers.map((reader) => commandSays(stage, reader)));
      await onPage(await pageOf(pack), async ({ page }) => {
        for (const [i, { name: reader, keyText, strict = false }] of readers.entries()) {
          if (i > 0) await giveKey(page, keyText, strict);
          const { outcome, json } = await answerOf(page, i + 1);
          const reported = `${name}, ${reader}`;
          assert.equal(json, expected[i], reported);
          assert.equal(JSON.parse(json!).ok, outcome !== "not_verified", reported);
          assert.equal(await page.locator("#evidence").count(), outcome === "not_verified" ? 0 : 1, reported);
          outcomes.set(reported, outcome);
        }
      }, opening);
    }
  });
  return outcomes;
}

browserTest("the page says what the command says of whole packs", async () => {
  const outcomes = await compare(await wholePacks(), READERS);
  for (const kind of ["run", "job", "call", "authorization", "runpack"]) {
    assert.equal(outcomes.get(`${kind}, signed, no key`), "signer_unknown");
    assert.equal(outcomes.get(`${kind}, signed, the signer's key`), "verified");
    assert.equal(outcomes.get(`${kind}, signed, another key`), "not_verified");
  }
  assert.equal(outcomes.get("run, not signed, the signer's key"), "not_signed");
  assert.equal(outcomes.get("run, not signed, the signer's key, strict"), "not_verified");
});

browserTest("the page says what the command says of damaged packs, and never yes", async () => {
  const outcomes = await compare(await damagedPacks(), READERS.slice(0, 3));
  for (const [reported, outcome] of outcomes) assert.equal(outcome, "not_verified", reported);
});

browserTest("the page refuses the keys that the command refuses, in the same words", async () => {
  const outcomes = await compare({ run: await runPackSample(key) }, BAD_KEYS);
  for (const { name } of BAD_KEYS.slice(1)) assert.equal(outcomes.get(`run, ${name}`), "not_verified");
});

/** A browser whose Web Crypto has never heard of Ed25519. */
function withoutEd25519(): void {
  const unknown = (algorithm: unknown) =>
    String((algorithm as { name?: string })?.name ?? algorithm).toLowerCase() === "ed25519";
  for (const name of ["importKey", "verify", "sign", "generateKey"] as const) {
    // deno-lint-ignore no-explicit-any -- stands in for functions of many shapes
    const own = SubtleCrypto.prototype[name] as (...args: any[]) => Promise<unknown>;
    // deno-lint-ignore no-explicit-any -- likewise
    (SubtleCrypto.prototype as any)[name] = function (...args: unknown[]) {
      if (args.some(unknown)) {
        return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
      }
      return own.apply(this, args);
    };
  }
}

browserTest("without Ed25519 in Web Crypto the page says the same", async () => {
  const { "run, signed": run, "job, signed": job } = await wholePacks();
  const forged = await forge(run!, {}, { key: await testKey(3) });
  const outcomes = await compare({ run: run!, job: job!, forged }, [...READERS, ...BAD_KEYS.slice(1, 3)], {
    before: withoutEd25519,
  });
  assert.equal(outcomes.get("run, the signer's key"), "verified");
  assert.equal(outcomes.get("job, the signer's key, strict"), "verified");
  assert.equal(outcomes.get("run, another key"), "not_verified");
  assert.equal(outcomes.get("run, a key of small order"), "not_verified");
  assert.equal(outcomes.get("run, a key that is not canonical"), "not_verified");
  assert.equal(outcomes.get("forged, the signer's key"), "not_verified");
});

browserTest("large entries take the ways of the page around node:, and give the same", async () => {
  const large = await runPackSample(key, (run) => {
    // Long enough for bulk digests and checksums, which node: makes for the command.
    run.intents[0].args = { text: "0123456789abcdef".repeat(600_000) };
  });
  const entry = await openZip(await openZip(large).read("source/runpack.zip")).read("intents.jsonl");
  assert.ok(entry.length > STREAM_BYTES);
  const damaged = await forge(large, {
    "source/runpack.zip": (await openZip(large).read("source/runpack.zip")).map((byte, i) =>
      i === 999 ? ~byte : byte
    ),
  }, { key });
  const outcomes = await compare({ large, damaged }, READERS.slice(0, 2));
  assert.equal(outcomes.get("large, the signer's key"), "verified");
  assert.equal(outcomes.get("damaged, the signer's key"), "not_verified");
});

browserTest("an exported page whose pack was changed by one letter does not verify", async () => {
  await onStage(async (stage) => {
    await stage.write("pack.zip", await runPackSample(key));
    assert.equal((await stage.gait`pack export pack.zip --html page.html`).code, 0);
    const text = await stage.read("page.html");
    await onPage(text, async ({ page }) => {
      assert.equal((await answerOf(page)).outcome, "signer_unknown");
      await giveKey(page, RIGHT);
      assert.equal((await answerOf(page, 2)).outcome, "verified");
    });
    const start = text.indexOf(">\n", text.indexOf('<script id="pack"')) + 2;
    const end = text.indexOf("</script>", start);
    for (const part of [0.05, 0.3, 0.5, 0.7, 0.95]) {
      let at = Math.floor(start + (end - start) * part);
      if (text[at] === "\n") at++;
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      await onPage(changed, async ({ page }) => {
        assert.equal((await answerOf(page)).outcome, "not_verified");
        await giveKey(page, RIGHT);
        assert.equal((await answerOf(page, 2)).outcome, "not_verified");
      });
    }
  });
});
