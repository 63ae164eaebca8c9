/**
 * `deno run -A bench/guard/retain.ts [files]`: retention over a folder of many files (100,000 unless given), of which half
 * are evidence and a quarter goes, beside walking the same folder and looking at each file.
 */
import { makeFiles } from "../../lib/effects/mod.ts";
import { retainEvidence } from "../../lib/guard/retain/retain.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { makeWorkFolder } from "../../scripts/root.ts";
import { ms } from "../table.ts";

const count = Number(Deno.args[0] ?? 100_000);
const NOW = Date.UTC(2026, 0, 1);
const PER_FOLDER = 1000;

function fill(root: string): void {
  for (let i = 0; i < count; i++) {
    const folder = `${root}/${Math.floor(i / PER_FOLDER)}`;
    if (i % PER_FOLDER === 0) Deno.mkdirSync(folder, { recursive: true });
    const path = `${folder}/${i % 2 === 0 ? "trace" : "other"}_${i}.json`;
    Deno.openSync(path, { write: true, createNew: true }).close();
    Deno.utimeSync(path, NOW / 1000, i % 4 === 0 ? 0 : NOW / 1000);
  }
}

function walk(folder: string): number {
  let seen = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    seen += Deno.lstatSync(path).isDirectory ? walk(path) : 1;
  }
  return seen;
}

const root = await makeWorkFolder("bench-");
try {
  fill(root);
  const options = {
    root,
    ttl: { trace: 3_600_000_000_000n },
    reportOut: `${root}/report.json`,
    onlyVerified: false,
    trusted: NO_KEYS,
    version: "bench",
  };
  const effects = { files: makeFiles(), now: () => NOW, home: undefined };
  const time = async (what: string, step: () => unknown) => {
    const start = performance.now();
    await step();
    console.log(`${what}: ${ms(performance.now() - start)} ms`);
  };
  await time(`walk ${count} files`, () => walk(root));
  await time("retain --dry-run", () => retainEvidence({ ...options, dryRun: true }, effects));
  await time("retain", async () => {
    const { files } = await retainEvidence({ ...options, dryRun: false }, effects);
    console.log(`  ${files.filter(({ remove }) => remove).length} deleted`);
  });
} finally {
  await Deno.remove(root, { recursive: true });
}
