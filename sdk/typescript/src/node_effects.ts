import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";
import type { Effects } from "../../../lib/effects/types.ts";
import { invalidInput } from "../../../lib/errors/mod.ts";

/*
 * In the place of lib/effects in Node and Bun. What the SDK does there in process needs a clock, randomness and the names of
 * the platform; keys of a folder of trust are read with the two file functions. Everything else throws.
 */

const OS: Readonly<Record<string, string>> = { win32: "windows" };
const ARCH: Readonly<Record<string, string>> = { x64: "amd64" };

/** The effects that there are. */
export function systemEffects(): Effects {
  const present = {
    now: Date.now,
    random: (length: number) => randomFillSync(new Uint8Array(length)),
    os: OS[process.platform] ?? process.platform,
    arch: ARCH[process.arch] ?? process.arch,
    home: undefined,
    env: { get: () => undefined },
    files: withoutTheRest("files", {
      list: async (folder: string) => {
        const names = await readdir(folder).catch(() => []);
        return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      },
      read: async (path: string) => new Uint8Array(await readFile(path)),
    }),
  };
  return withoutTheRest("effects", present) as unknown as Effects;
}

/** What is not there throws an error that says so, and is never passed over. */
function withoutTheRest<T extends object>(what: string, present: T): T {
  return new Proxy(present, {
    get(target, name) {
      if (Object.hasOwn(target, name)) return target[name as keyof T];
      throw invalidInput(`This is not available in Node: ${what}.${String(name)}`, {
        hint: "Use the gait executable for it",
      });
    },
  });
}

/** Deno alone withholds permissions. */
export function missingPermission(): undefined {
  return undefined;
}
