/**
 * `deno run -A bench/tokens/ledger.ts [entries]`: what using up an approval costs in a ledger of 100 entries and in
 * one of a million (or so many as given). The entries before are empty files: the ledger looks at names alone.
 */
import { makeFiles } from "../../lib/effects/mod.ts";
import { parseTime } from "../../lib/formats/time.ts";
import type { ApprovalToken } from "../../lib/gate/authority/approval_token.ts";
import { spend } from "../../lib/gate/authority/ledger.ts";
import { sha256 } from "../../lib/signing/mod.ts";

const SPENDS = 200;
const NOW = parseTime("2026-01-02T03:04:05Z");
const many = Number(Deno.args[0] ?? 1_000_000);

function token(tokenId: string): ApprovalToken {
  return {
    schemaId: "",
    schemaVersion: "",
    createdAt: NOW,
    expiresAt: NOW,
    producerVersion: "",
    tokenId,
    approver: "a",
    reasonCode: "b",
    intentDigest: "",
    policyDigest: "",
    bindingDigest: "",
    scope: [],
    writtenScope: [],
    maxTargets: 0,
    maxOps: 0,
  };
}

async function fill(ledger: string, count: number): Promise<void> {
  for (let i = 0; i < 4096; i++) {
    Deno.mkdirSync(`${ledger}/${i.toString(16).padStart(3, "0")}`, { recursive: true });
  }
  for (let i = 0; i < count; i++) {
    const name = await sha256(new TextEncoder().encode(`before ${i}`));
    Deno.openSync(`${ledger}/${name.slice(0, 3)}/${name}.json`, { write: true, createNew: true }).close();
  }
}

/** Milliseconds of one use in the middle. */
async function median(ledger: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < SPENDS; i++) {
    const start = performance.now();
    await spend(makeFiles(), ledger, [token(`now ${i}`)], NOW);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[SPENDS / 2]!;
}

for (const count of [100, many]) {
  const folder = await Deno.makeTempDir({ prefix: "gait-bench-" });
  try {
    await fill(folder, count);
    // Else every fsync below would wait for the million names above.
    await new Deno.Command("sync").output();
    console.log(`${count} entries: ${(await median(folder)).toFixed(2)} ms a use`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
