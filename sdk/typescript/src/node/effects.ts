import { randomFillSync } from "node:crypto";
import process from "node:process";
import { makeFiles } from "../../../../lib/effects/files.ts";
import type { Effects } from "../../../../lib/effects/types.ts";
import { invalidInput } from "../../../../lib/errors/mod.ts";
import { nodeJournals } from "./journals.ts";

/*
 * In the place of lib/effects in Node and Bun: a clock, randomness, the names of the platform, and files. Everything else
 * throws.
 */

const OS: Readonly<Record<string, string>> = { win32: "windows" };
const ARCH: Readonly<Record<string, string>> = { x64: "amd64" };
/** What callers know to be absent at times. */
const OPTIONAL = ["showProgress", "showOnTerminal", "then"];

/**
 * The effects that there are.
 *
 * @param options `adopted`: journals of processes that are gone
 */
export function systemEffects({ adopted = [] }: { readonly adopted?: readonly string[] } = {}): Effects {
  const present = {
    now: Date.now,
    random: (length: number) => randomFillSync(new Uint8Array(length)),
    os: OS[process.platform] ?? process.platform,
    arch: ARCH[process.arch] ?? process.arch,
    home: undefined,
    env: { get: () => undefined },
    files: makeFiles(),
    journals: () => Promise.resolve(nodeJournals(adopted)),
  };
  return withoutTheRest(present) as unknown as Effects;
}

/** What is not there throws an error that says so when it is called, and is never passed over. */
function withoutTheRest<T extends object>(present: T): T {
  return new Proxy(present, {
    get(target, name) {
      if (Object.hasOwn(target, name)) return target[name as keyof T];
      if (typeof name === "symbol" || OPTIONAL.includes(name)) return undefined;
      return () => {
        throw invalidInput(`This is not available in Node: ${String(name)}`, {
          hint: "Use the gait executable for it: gaitBin, or the variable GAIT_BIN",
        });
      };
    },
    has: (target, name) => Object.hasOwn(target, name),
  });
}

/** Deno alone withholds permissions. */
export function missingPermission(): undefined {
  return undefined;
}
