import { GaitError } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { pathOf, writeYaml, type YamlNotes } from "../formats/yaml/write.ts";
import type { Digest } from "../signing/digest.ts";
import type { Block } from "../schema/policy/kinds.ts";
import { POLICY } from "../schema/policy/policy.ts";
import { policyDigest } from "./digest.ts";
import { keepAnchors } from "./keep_anchors.ts";
import { keepComments } from "./keep_comments.ts";
import { policyOf, readPolicyDocument } from "./read_document.ts";
import type { Policy } from "./types.ts";

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
  const notes = { ...keepComments(read), anchors: keepAnchors(read) };
  const formatted = writeYaml(withoutSparse(read.document, POLICY, "", notes), notes);
  // INVARIANT: formatting never changes what a policy means.
  if (await digestOfText(formatted, name) !== digest) {
    throw new GaitError("internal_failure", `Cannot format ${name}: the result would be another policy`);
  }
  const text = typeof input === "string" ? input : decodeUtf8(input);
  return { policy, digest, formatted, changed: formatted !== text, documents: read.documents };
}

/**
 * A block without later keys that say nothing, so that normal forms of policies that don't use them stay. One with a
 * comment stays, too: the comment would have no place.
 */
function withoutSparse(
  block: object,
  { fields }: Block,
  path: string,
  { comments }: Pick<YamlNotes, "comments">,
): object {
  const written = Object.entries(block).flatMap(([name, value]) => {
    const row = fields.get(name)?.row;
    const at = pathOf(path, name);
    if (row?.sparse && (value === "" || value === false) && !comments.has(at)) return [];
    if (row?.kind === "block") return [[name, withoutSparse(value, row, at, { comments })]];
    if (row?.kind !== "blocks") return [[name, value]];
    const items = (value as object[]).map((item, i) =>
      withoutSparse(item, row.block, pathOf(at, i), { comments })
    );
    return [[name, items]];
  });
  return Object.fromEntries(written);
}

async function digestOfText(text: string, name: string): Promise<Digest | undefined> {
  try {
    return await policyDigest(policyOf((await readPolicyDocument(text, name)).document));
  } catch {
    return undefined;
  }
}
