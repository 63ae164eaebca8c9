/** What docs/approvals.md and docs/contracts/tokens.md say, done. */
import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import { argv } from "../support/argv.ts";
import { guideBlocks } from "../support/guide.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

const runbook = await Deno.readTextFile(`${repository}docs/approvals.md`);

/** The keys and files that the runbook begins with; tests/docs/guides_test.ts follows all of it. */
async function begin({ gait, write }: Stage): Promise<void> {
  await gait`keys init --out-dir keys --prefix dana`;
  for (const block of guideBlocks(runbook)) if (block.kind === "file") await write(block.name, block.content);
}

Deno.test("docs/approvals.md explains every code of tokens and brokers", async () => {
  const reported = new Set(
    [...runbook.matchAll(/`((?:approval|delegation|broker)_[a-z_]+|…_[a-z_]+)`/g)].map(([, c]) => c!),
  );
  const sources = [
    ...["tokens/check_approval", "tokens/check_delegation", "tokens/prove_delegation"],
    ...["gate/steps", "gate/broker/credential"],
  ];
  const code = await Promise.all(
    sources.map((name) => Deno.readTextFile(`${repository}lib/${name}.ts`)),
  );
  const codes = new Set(
    code.join().match(
      /(?<=")(approval|delegation|broker)_(?:token|chain|link|distinct|credential)_[a-z_]+(?=")/g,
    ),
  );
  assert.ok(codes.size > 25);
  for (const one of codes) {
    const short = one.replace(/^(approval|delegation)_token_/, "…_");
    assert.ok(reported.has(one) || reported.has(short), one);
  }
});

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const sorted = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value) ? value : Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)]),
  );

for (const kind of ["approval", "delegation"]) {
  Deno.test(`a token of ${kind} verifies by docs/contracts/tokens.md alone, without our code`, () =>
    onStage(async (stage) => {
      await begin(stage);
      const digest = "a".repeat(64);
      const signing = argv`--ttl 1h --key-mode prod --private-key keys/dana_private.key
        --out t.json`;
      const about = argv`--intent-digest ${digest} --policy-digest ${digest} --scope ${"B,a,é"}`;
      await stage.gait(
        ...kind === "approval"
          ? argv`approve ${about} --approver dana --reason-code CHG-7 --max-ops 3`
          : argv`delegate mint ${about} --delegator lead --delegate agent-7`,
        ...signing,
      );
      const { signature, ...token } = JSON.parse(await stage.read("t.json"));
      const key = bytesOf((await stage.read("keys/dana_public.key")).trim());
      const signed = await sha256(new TextEncoder().encode(JSON.stringify(sorted(token))));
      assert.equal(hex(signed), signature.signed_digest);
      assert.equal(hex(await sha256(key)), signature.key_id);
      assert.ok(await noble.verifyAsync(bytesOf(signature.sig), signed, key, { zip215: false }));
      const id = kind === "approval"
        ? `${digest}:${digest}:dana:CHG-7:${token.scope}:0:3:${token.expires_at}`
        : `lead:agent-7:${token.scope}::${digest}:${digest}:${token.expires_at}`;
      assert.equal(hex(await sha256(new TextEncoder().encode(id))).slice(0, 24), token.token_id);
    }));
}
