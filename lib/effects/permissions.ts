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
