import { readDirectory } from "../lib/formats/zip/directory.ts";
import { STREAM_BYTES } from "../lib/signing/mod.ts";
import { root } from "../scripts/root.ts";

/** Bytes per write to the decompressor. */
const PIECE = 64 * 1024;

/**
 * **raw**: inflate and hash every entry of an archive, and nothing else. Every verifier on this platform has to do
 * this, so it is the baseline for ours.
 */
export async function inflateAndHash(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (const { dataStart, compressedSize, size } of readDirectory(bytes).entries) {
    const content = inflated(bytes.subarray(dataStart, dataStart + compressedSize));
    if (size > STREAM_BYTES) {
      const { createHash } = await import("node:crypto");
      const hash = createHash("sha256");
      for await (const chunk of content) hash.update(chunk);
      hash.digest();
    } else {
      await crypto.subtle.digest("SHA-256", await new Response(content).arrayBuffer());
    }
  }
}

function inflated(packed: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(packed.subarray(at, at + PIECE));
      at += PIECE;
      if (at >= packed.length) controller.close();
    },
  });
  return pieces.pipeThrough(new DecompressionStream("deflate-raw"));
}

/** **sign**: Ed25519 signatures of 32 bytes per second, one at a time. */
export async function signaturesPerSecond(duration: number): Promise<number> {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", false, ["sign"]) as CryptoKeyPair;
  const digest = new Uint8Array(32);
  return await perSecond(duration, async () => {
    await crypto.subtle.sign("Ed25519", privateKey, digest);
  });
}

/** **append**: appends of 2.4 KB per second, each with fsync. */
export async function appendsPerSecond(duration: number): Promise<number> {
  const path = await Deno.makeTempFile({ dir: `${root}.cache`, prefix: "bench-" });
  const file = await Deno.open(path, { append: true });
  const line = new Uint8Array(2400);
  try {
    return await perSecond(duration, async () => {
      await file.write(line);
      await file.sync();
    });
  } finally {
    file.close();
    await Deno.remove(path);
  }
}

async function perSecond(duration: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  let [times, elapsed] = [0, 0];
  for (; elapsed < duration; elapsed = performance.now() - started) {
    await work();
    times++;
  }
  return times / elapsed * 1000;
}
