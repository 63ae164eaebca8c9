import { GaitError } from "../errors/mod.ts";

/** The permissions of a command; all others are dropped before it reads any input. */
export interface Needs {
  readonly read?: true;
  readonly write?: true;
  readonly run?: true;
  readonly net?: true;
  /** Environment variables beyond those that every command reads on start-up. */
  readonly env?: true;
}

const REVOCABLE = ["read", "write", "run", "net", "env", "sys", "ffi"] as const;

/**
 * Permanently drop every permission that is not needed: the executable runs without prompts, so they can't be
 * requested again.
 */
export function narrowPermissions(needs: Needs): void {
  for (const name of REVOCABLE) {
    if ((needs as Record<string, unknown>)[name] !== true) Deno.permissions.revokeSync({ name });
  }
}

/** Matches the permission names in Deno's error messages. */
const DENIED = /^Requires (read|write|run|net|env|sys|ffi|import)\b/;

/**
 * The error of a program that lacks a permission, found in the causes of another error; `undefined` if there is none.
 * The code is `dependency_missing`, because the program can run with other permissions.
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
