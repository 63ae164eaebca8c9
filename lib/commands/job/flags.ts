import { JOB_ROOT } from "../../job/folder.ts";
import { demand, path, required, text } from "../define.ts";

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

/** Permissions of commands that read and change jobs. */
export const jobNeeds = { read: true, write: true, env: true } as const;

/** A blank root means the default one (docs/spec/job.md 1). */
function rootOf(given: string): string {
  return given.trim() || JOB_ROOT;
}
