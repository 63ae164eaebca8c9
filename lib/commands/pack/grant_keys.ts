import type { Effects } from "../../effects/mod.ts";
import type { GrantKeys } from "../../pack/authorized/trust.ts";
import { loadNamedKey, type PublicKey } from "../../signing/mod.ts";

/** Flags of the keys that verify what is inside of a pack of a gated run. */
interface GrantFlags {
  readonly "trace-public-key"?: string | undefined;
  readonly "approval-public-key"?: string | undefined;
  readonly "approver-keys"?: string | undefined;
  readonly "delegation-public-key"?: string | undefined;
}

/**
 * The keys for traces and grants.
 *
 * @throws {GaitError} `invalid_input` when one can't be read
 */
export async function grantKeys(flags: GrantFlags, effects: Effects): Promise<GrantKeys> {
  const key = async (file: string | undefined): Promise<PublicKey | undefined> =>
    file === undefined ? undefined : await loadNamedKey({ publicKey: file }, effects);
  const [trace, approval, delegation] = [
    await key(flags["trace-public-key"]),
    await key(flags["approval-public-key"]),
    await key(flags["delegation-public-key"]),
  ];
  const folder = flags["approver-keys"];
  const approvers = folder === undefined
    ? undefined
    : await (await import("../../tokens/approver_keys.ts")).loadApproverKeys(effects.files, folder);
  return {
    ...(trace ? { trace } : {}),
    ...(approval ? { approval } : {}),
    ...(approvers ? { approvers } : {}),
    ...(delegation ? { delegation } : {}),
  };
}

/** The digests of policy files. */
export async function policyDigests(paths: readonly string[], { files }: Effects): Promise<string[]> {
  const { parsePolicy } = await import("../../policy/parse.ts");
  const digests: string[] = [];
  for (const path of paths) digests.push((await parsePolicy(await files.read(path), path)).digest);
  return digests;
}
