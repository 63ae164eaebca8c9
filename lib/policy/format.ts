import { GaitError } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { writeYaml } from "../formats/yaml/write.ts";
import type { Digest } from "../signing/digest.ts";
import { POLICY } from "../schema/policy/policy.ts";
import { policyDigest } from "./digest.ts";
import { keepAnchors } from "./keep_anchors.ts";
import { keepComments } from "./keep_comments.ts";
import { policyOf, readPolicyDocument } from "./read_document.ts";
import type { Policy, PolicyDocument } from "./types.ts";

/** A policy in its normal form. */
export interface FormattedPolicy {
  readonly policy: Policy;
  readonly digest: Digest;
  readonly formatted: string;
  /** Whether it differs from the input. */
  readonly changed: boolean;
  /** Documents in the file; only the first is part of `formatted`. */
  readonly documents: number;
}

/**
 * Write a policy in its normal form: every key, in the order of the specification, rules in the order of evaluation
 * (docs/spec/gate.md 6.1). Comments are kept, and so are anchors and aliases; merge keys are written out.
 *
 * @throws {GaitError} `invalid_input` for a bad policy, `internal_failure` if the result would have another meaning
 */
export async function formatPolicy(input: string | Uint8Array, name: string): Promise<FormattedPolicy> {
  const read = await readPolicyDocument(input, name);
  const policy = policyOf(read.document);
  const digest = await policyDigest(policy);
  const document = withoutSparse(read.document);
  const formatted = writeYaml(document, { ...keepComments(read), anchors: keepAnchors(read) });
  // INVARIANT: formatting never changes what a policy means.
  if (await digestOfText(formatted, name) !== digest) {
    throw new GaitError("internal_failure", `Cannot format ${name}: the result would be another policy`);
  }
  const text = typeof input === "string" ? input : decodeUtf8(input);
  return { policy, digest, formatted, changed: formatted !== text, documents: read.documents };
}

/** The keys of a file without later ones that say nothing: normal forms of policies that don't use them stay. */
function withoutSparse(document: PolicyDocument): object {
  const written = Object.entries(document).filter(([name, value]) =>
    value !== "" || POLICY.fields.get(name)?.row.sparse !== true
  );
  return Object.fromEntries(written);
}

async function digestOfText(text: string, name: string): Promise<Digest | undefined> {
  try {
    return await policyDigest(policyOf((await readPolicyDocument(text, name)).document));
  } catch {
    return undefined;
  }
}
