import { missingPermission } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { demandPlainObjects } from "./plain_objects.ts";

/** Replacements for hints that name a command of the executable. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/keys init/, "Make a key pair with generateKey()"],
  [/keys trust|trust a key/, "Give the public key, or trust it with trustKey()"],
  [/voice token/, "Mint and verify say-tokens with mintSayToken() and verifySayToken()"],
  [/pack verify|verify-many/, "See what is wrong with verifyPack()"],
  [/session-chain/, "See what is wrong with the executable: the library does not verify chains"],
  [/\bverify\b/, "See what is wrong with verifyRunpack()"],
];

/**
 * Run a step for a library caller: errors name options instead of flags, and any missing Deno permission.
 *
 * @throws {GaitError} errors of the step, and those of {@linkcode demandPlainObjects}; other exceptions pass through unchanged
 */
export async function withLibraryErrors<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    demandPlainObjects();
    const result = await step();
    demandPlainObjects();
    return result;
  } catch (error) {
    throw libraryError(error);
  }
}

/** Convert an error for library callers. */
export function libraryError(error: unknown): unknown {
  const missing = missingPermission(error);
  if (missing) return missing;
  if (!(error instanceof GaitError)) return error;
  const hint = error.hint === undefined ? undefined : hintFor(error.hint);
  const message = withOptions(error.message);
  if (message === error.message && hint === error.hint) return error;
  return new GaitError(error.code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    others: error.others,
    cause: error,
  });
}

/** A hint in terms of the library; `undefined` if it names a command that the library lacks. */
function hintFor(hint: string): string | undefined {
  if (!/\bgait [a-z]|--[a-z]/.test(hint)) return hint;
  const instead = INSTEAD.find(([command]) => command.test(hint))?.[1];
  if (instead !== undefined) return instead;
  return /\bgait [a-z]/.test(hint) ? undefined : withOptions(hint);
}

/** `--max-ttl <duration>` becomes `maxTtl`. */
function withOptions(text: string): string {
  // deno-lint-ignore gait/linear-regex -- hints are texts of our own
  return text.replace(/--[a-z][a-z-]*[a-z](?: <[^>]*>)?/g, (whole) => {
    const flag = whole.split(" ", 1)[0]!;
    return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  });
}
