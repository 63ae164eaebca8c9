import { GaitError } from "../errors/mod.ts";

/** What a command may do; everything that is not named is given up before it reads any input. */
export interface Needs {
  readonly read?: true;
  readonly write?: true;
  readonly run?: true;
  readonly net?: true;
  /** Variables beyond those that every command reads at its start. */
  readonly env?: true;
}

const REVOCABLE = ["read", "write", "run", "net", "env", "sys", "ffi"] as const;

/**
 * Give up every permission that is not needed, for good: the executable runs without prompts, so nothing can
 * ask for it again.
 */
export function narrowPermissions(needs: Needs): void {
  for (const name of REVOCABLE) {
    if ((needs as Record<string, unknown>)[name] !== true) Deno.permissions.revokeSync({ name });
  }
}

/** Names of Deno's permissions, in the words of its errors. */
const DENIED = /^Requires (read|write|run|net|env|sys|ffi|import)\b/;

/**
 * The error of a program that lacks a permission, found behind any other error: `dependency_missing`, because it can
 * run elsewhere. Nothing when no permission is missing.
 */
export function missingPermission(error: unknown): GaitError | undefined {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth++, at = at.cause) {
    if (!(at instanceof Deno.errors.NotCapable)) continue;
    const name = DENIED.exec(at.message)?.[1];
    const what = name === undefined ? "a permission of Deno" : `the permission "${name}" of Deno`;
    const place = /"([^"]{1,200})"/.exec(at.message)?.[1];
    return new GaitError(
      "dependency_missing",
      `This program lacks ${what}${place ? ` for "${place}"` : ""}`,
      {
        detail: "permission_missing",
        hint: `Start the program with ${what}`,
        cause: error,
      },
    );
  }
  return undefined;
}
