import type { JsonObject } from "../formats/json/mod.ts";
import { knownFields, textMembers, texts } from "./fields.ts";

/** What a client says of the OAuth session that it calls in; the members that are not empty, by their names. */
export type OAuthEvidence = JsonObject;

/** Members that are texts. */
export const EVIDENCE_TEXTS = [
  "issuer",
  "subject",
  "client_id",
  "token_type",
  "dcr_client_id",
  "redirect_uri",
  "token_binding",
  "auth_time",
  "evidence_ref",
] as const;
/** Members that are lists of texts. */
export const EVIDENCE_LISTS = ["audience", "scopes"] as const;
const EVIDENCE = knownFields(...EVIDENCE_TEXTS, ...EVIDENCE_LISTS);

/** Read OAuth evidence. */
export function readOAuthEvidence(evidence: JsonObject, at: string): OAuthEvidence {
  EVIDENCE.refuseLookalikes(evidence, at);
  const lists = EVIDENCE_LISTS.map((name) => [name, texts(evidence, name, at)] as const);
  return {
    ...textMembers(evidence, EVIDENCE_TEXTS, at),
    ...Object.fromEntries(lists.filter(([, items]) => items.length > 0)),
  };
}
