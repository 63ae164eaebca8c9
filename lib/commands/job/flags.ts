import { JOB_ROOT } from "../../job/folder.ts";
import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { GivenApprovalKeys } from "../../job/signed_approval.ts";
import { loadNamedKey, namesKey } from "../../signing/mod.ts";
import { loadApproverKeys } from "../../tokens/approver_keys.ts";
import { demand, type FlagValues, path, required, text } from "../define.ts";
import { keySource } from "../key_flags.ts";

/** Flags of every command about one job. */
export const jobFlags = {
  id: required(text("id", "the job")),
  root: { ...path("folder", "folder of the jobs", { default: JOB_ROOT }), read: rootOf },
};

/** The actor. */
export const actorFlag = { actor: text("name", "who acts, for the event log") };

/** The policy that a job is bound to. */
export const policyFlags = {
  policy: demand(path("file", "the policy that decides the calls of the job; its digest is recorded")),
  "policy-digest": demand(text("digest", "digest of the policy, or any other text that identifies it")),
  "policy-ref": text("text", "a name of the policy; its path by default"),
};

/** The flag of the environment. */
export const fingerprintFlag = {
  "env-fingerprint": text("text", "identifies the environment; computed from this host by default"),
};

/** The keys of those whose signed approvals count. */
export const approvalKeyFlags = {
  "approval-public-key": keySource(
    "file",
    "public key of whoever approves decisions: approvals must be signed by it",
  ),
  "approval-public-key-env": keySource("variable", "environment variable with that key"),
  "approver-keys": demand(
    path("folder", "one public key per approver, <identity>.key, instead of one for all"),
  ),
};

/**
 * The keys that flags name.
 *
 * @throws {GaitError} `invalid_input` when one can't be read, or both ways are used
 */
export async function givenApprovalKeys(
  flags: FlagValues<typeof approvalKeyFlags>,
  effects: Effects,
): Promise<GivenApprovalKeys> {
  const folder = flags["approver-keys"];
  const sources = {
    publicKey: flags["approval-public-key"],
    publicKeyEnv: flags["approval-public-key-env"],
  };
  if (folder === undefined) return { key: await loadNamedKey(sources, effects) };
  if (namesKey(sources)) {
    throw invalidInput("Cannot use --approver-keys together with one key for all approvers");
  }
  return { approvers: await loadApproverKeys(effects.files, folder) };
}

/** Permissions of commands that read and change jobs. */
export const jobNeeds = { read: true, write: true, env: true } as const;

/** A blank root means the default one (docs/spec/job.md 1). */
function rootOf(given: string): string {
  return given.trim() || JOB_ROOT;
}
