import type { Effects } from "../effects/mod.ts";

const KINDS = ["read", "write", "run", "env", "net", "sys", "ffi"] as const;

/** Each permission of this process as the runtime states it: `all`, `loopback only` or `none`. */
export async function describePermissions(
  effects: Pick<Effects, "permissions">,
): Promise<Record<string, string>> {
  const probe = await effects.permissions();
  return Object.fromEntries(KINDS.map((kind) => {
    if (probe.holds(kind)) return [kind, "all"];
    return [kind, kind === "net" && probe.isLoopbackOnly() ? "loopback only" : "none"];
  }));
}
