import { createHash } from "node:crypto";
import type { Digest } from "./hasher.ts";

/** A SHA-256 that grows with what comes in, of unknown length. */
export interface RunningDigest {
  add(bytes: Uint8Array): void;
  end(): Digest;
}

export function runningDigest(): RunningDigest {
  const digest = createHash("sha256");
  return {
    add: (bytes) => void digest.update(bytes),
    end: () => digest.digest("hex") as Digest,
  };
}
