import { JOB_ROOT } from "../../job/folder.ts";
import { required, text } from "../define.ts";

/** Flags that every command of one job has. */
export const jobFlags = {
  id: required(text("id", "the job")),
  root: { ...text("folder", "where jobs are", { default: JOB_ROOT }), read: rootOf },
};

/** Who acts. */
export const actorFlag = { actor: text("name", "who acts; the event names them") };

/** The policy that a job is bound to. */
export const policyFlags = {
  policy: text("file", "the policy that decides the calls of the job; its digest is recorded"),
  "policy-digest": text("digest", "digest of the policy, or any text that stands for it"),
  "policy-ref": text("text", "a name of the policy; its path by default"),
};

/** The flag of the environment. */
export const fingerprintFlag = {
  "env-fingerprint": text("text", "stands for the environment; computed from this host when absent"),
};

/** Permissions of commands that read and change jobs. */
export const jobNeeds = { read: true, write: true, env: true } as const;

/** A blank root is the default (docs/spec/job.md 1). */
function rootOf(given: string): string {
  return given.trim() || JOB_ROOT;
}
