/**
 * `deno run -A bench/guard/encrypt.ts [MiB]`: encrypting and decrypting a file (256 MiB unless given), beside what the
 * AES-GCM of the platform does alone with bytes in memory, in pieces (`node:crypto`) and at once (Web Crypto). The peak of
 * memory is that of the process before Web Crypto takes everything at once.
 */
import { createCipheriv } from "node:crypto";
import { makeFiles } from "../../lib/effects/mod.ts";
import { encryptForRecipients } from "../../lib/guard/encrypt/age_file.ts";
import { decryptFile, encryptFile } from "../../lib/guard/encrypt/file.ts";
import { makeWorkFolder } from "../../scripts/root.ts";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { peak } from "../peak.ts";
import { printTable } from "../table.ts";

const MIB = 1 << 20;
const size = Number(Deno.args[0] ?? 256);
const key = { bytes: crypto.getRandomValues(new Uint8Array(32)), source: { mode: "env", ref: "K" } } as const;
const effects = {
  files: makeFiles(),
  now: () => 0,
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};
const rows: string[][] = [];

async function measure(what: string, step: () => unknown): Promise<number> {
  const start = performance.now();
  await step();
  const rate = size / (performance.now() - start) * 1000;
  const { peak: bytes } = peak();
  rows.push([what, rate.toFixed(0), bytes === undefined ? "" : (bytes / MIB).toFixed(0)]);
  return rate;
}

const folder = await makeWorkFolder("bench-");
const input = `${folder}/evidence`;
try {
  const piece = crypto.getRandomValues(new Uint8Array(65_536));
  const file = await Deno.open(input, { write: true, createNew: true });
  for (let i = 0; i < size * 16; i++) await file.write(piece);
  file.close();
  const sealed = await measure(
    "guard encrypt",
    () => encryptFile({ input, force: false }, key, "bench", effects),
  );
  await measure(
    "guard decrypt",
    () =>
      decryptFile(
        { input: `${input}.gaitenc`, out: `${folder}/copy`, force: false },
        key.bytes,
        effects.files,
      ),
  );
  const recipient = await identityToRecipient(await generateX25519Identity());
  await measure(
    "guard encrypt --recipient",
    () => encryptForRecipients({ input, force: false }, [recipient], effects.files),
  );
  const chunk = new Uint8Array(MIB);
  const pieces = await measure("AES-GCM in pieces, node:crypto", () => {
    const cipher = createCipheriv("aes-256-gcm", key.bytes, new Uint8Array(12));
    for (let i = 0; i < size; i++) cipher.update(chunk);
    cipher.final();
  });
  const whole = await crypto.subtle.importKey("raw", key.bytes, "AES-GCM", false, ["encrypt"]);
  const all = new Uint8Array(size * MIB);
  const atOnce = await measure(
    "AES-GCM at once, Web Crypto",
    () => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, whole, all),
  );
  printTable(`A file of ${size} MiB`, ["", "MiB/s", "peak MiB so far"], rows);
  console.log(
    `\n  guard encrypt: ${(sealed / pieces).toFixed(2)} of node:crypto, ${
      (sealed / atOnce).toFixed(2)
    } of Web Crypto`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
