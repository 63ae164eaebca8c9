import type { JsonObject } from "../formats/json/mod.ts";
import { knownFields, textMembers, texts } from "./fields.ts";

/** The claims of a client about its OAuth session, without empty members. */
export type OAuthEvidence = JsonObject;

/** Members that are strings. */
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
/** Members that are lists of strings. */
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
