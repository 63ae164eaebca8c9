import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { parsePolicy } from "../policy/parse.ts";

/** The policy that a caller gives. */
export interface PolicyOptions {
  /** Path of a policy file; its digest is computed. */
  readonly policy?: string | undefined;
  /** The digest, or any other text that identifies the policy. */
  readonly policyDigest?: string | undefined;
  readonly policyRef?: string | undefined;
}

/** The policy that a job is bound to; members that were not given are empty. */
export interface PolicyBinding {
  readonly digest: string;
  readonly ref: string;
}

/**
 * Resolve the digest and the name of a policy (docs/spec/job.md 5.1).
 *
 * @throws {GaitError} `invalid_input` when the policy can't be read or has another digest than the given one
 */
export async function resolvePolicy(options: PolicyOptions, files: Files): Promise<PolicyBinding> {
  const [path, digest, ref] = [options.policy, options.policyDigest, options.policyRef].map((given) =>
    given?.trim() ?? ""
  );
  if (path === "") return { digest: digest!, ref: ref! };
  const loaded = await parsePolicy(await files.read(path!), path!);
  if (digest !== "" && digest !== loaded.digest) {
    throw invalidInput(`Cannot use policy "${path}": its digest is not "${digest}"`, {
      detail: "policy_digest_mismatch",
      hint: `Its digest is ${loaded.digest}`,
    });
  }
  return { digest: loaded.digest, ref: ref || cleanPath(path!) };
}
