/**
 * `deno run -A bench/tokens/ledger.ts [entries]`: what using up an approval costs in a ledger of 100 entries and in
 * one of a million (or so many as given). The entries before are empty files: the ledger looks at names alone.
 */
import { makeFiles } from "../../lib/effects/mod.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { spend } from "../../lib/tokens/ledger.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { makeWorkFolder } from "../../scripts/root.ts";

const SPENDS = 200;
const NOW = parseTime("2026-01-02T03:04:05Z");
const many = Number(Deno.args[0] ?? 1_000_000);

async function fill(ledger: string, count: number): Promise<void> {
  for (let i = 0; i < 4096; i++) {
    Deno.mkdirSync(`${ledger}/${i.toString(16).padStart(3, "0")}`, { recursive: true });
  }
  for (let i = 0; i < count; i++) {
    const name = await sha256(new TextEncoder().encode(`before ${i}`));
    Deno.openSync(`${ledger}/${name.slice(0, 3)}/${name}.json`, { write: true, createNew: true }).close();
  }
}

/** Milliseconds of one use. */
async function use(ledger: string, name: string): Promise<number> {
  const start = performance.now();
  const entry = await sha256(new TextEncoder().encode(name));
  const members = { token_id: name, approver_identity: "a", intent_digest: entry, policy_digest: entry };
  await spend(
    makeFiles(),
    ledger,
    [{ id: name, name: entry, schemaId: "gait.gate.approval_use", members }],
    NOW,
  );
  return performance.now() - start;
}

const folders = [
  await makeWorkFolder("bench-"),
  await makeWorkFolder("bench-"),
];
try {
  const counts = [100, many];
  for (const [i, folder] of folders.entries()) await fill(folder, counts[i]!);
  // Else every fsync below would wait for the million names above.
  await new Deno.Command("sync").output();
  // In turn, so that whatever else the machine does meets both alike.
  const times: number[][] = [[], []];
  for (let n = 0; n < SPENDS; n++) {
    for (const [i, folder] of folders.entries()) times[i]!.push(await use(folder, `now ${n}`));
  }
  for (const [i, count] of counts.entries()) {
    const middle = times[i]!.sort((a, b) => a - b)[SPENDS / 2]!;
    console.log(`${count} entries: ${middle.toFixed(2)} ms a use`);
  }
} finally {
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
}
