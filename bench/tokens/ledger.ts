/**
 * `deno run -A bench/tokens/ledger.ts [entries]`: the cost of using an approval in a ledger of 100 entries and in one
 * of a million (or the given number). Existing entries are empty files, because the ledger only checks names.
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

/** The time of one use in milliseconds. */
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
  // Otherwise every fsync below would wait for the million names above.
  await new Deno.Command("sync").output();
  // Alternating, so that other load affects both equally.
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
