import { without } from "../formats/json/mod.ts";
import type { Intent } from "./types.ts";

/** Member of auth_context that tells the age of the context in seconds; only an envelope may set it. */
export const CONTEXT_AGE = "context_age_seconds";

/**
 * An intent without what it claims about its context: that a caller says so is no evidence (docs/spec/gate.md 2.6,
 * "Prepared intent"). This is what is digested and evaluated when there is no envelope.
 */
export function withoutClaims(intent: Intent): Intent {
  const { authContext } = intent.context;
  return {
    ...intent,
    context: {
      ...intent.context,
      authContext: Object.hasOwn(authContext, CONTEXT_AGE) ? without(authContext, CONTEXT_AGE) : authContext,
      contextRefs: [],
      contextSetDigest: "",
      contextEvidenceMode: "",
    },
  };
}
