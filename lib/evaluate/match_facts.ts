import type { Delegation, Target } from "../intent/types.ts";
import type { About } from "../schema/policy/match.ts";
import type { Facts } from "./facts.ts";

/** Where the values for a list of `match` come from. */
export type Fact =
  /** One text; an empty one matches no list, because lists contain no empty items. */
  | {
    readonly of: "call";
    readonly text: (facts: Facts) => string;
    /** Whether no other spelling is meant: an identity is whoever it says, letter by letter. */
    readonly exact?: true;
    /** What counts besides for rules that restrict. */
    readonly claim?: (facts: Facts) => string;
  }
  /** A text of each target, one of which must be listed. */
  | { readonly of: "targets"; readonly text: (target: Target) => string }
  /** Several texts, one of which must be listed. */
  | { readonly of: "list"; readonly texts: (facts: Facts) => readonly string[] }
  /** Texts of a delegation; without a delegation no list matches. */
  | { readonly of: "delegation"; readonly texts: (delegation: Delegation) => readonly string[] }
  /** Values of targets; restricting rules also match other spellings. */
  | { readonly of: "values" }
  /** The workspace, which must begin with a listed prefix. */
  | { readonly of: "workspace" };

const call = (text: (facts: Facts) => string, exact?: true): Fact => ({
  of: "call",
  text,
  ...(exact ? { exact } : {}),
});
const claimable = (text: (facts: Facts) => string, claim: (facts: Facts) => string): Fact => ({
  of: "call",
  text,
  claim,
});
const targets = (text: (target: Target) => string): Fact => ({ of: "targets", text });
const list = (texts: (facts: Facts) => readonly string[]): Fact => ({ of: "list", texts });
const delegation = (texts: (delegation: Delegation) => readonly string[]): Fact => ({
  of: "delegation",
  texts,
});

/** The source in an intent for each list of `match` (docs/spec/gate.md 1.3). */
export const FACTS: Readonly<Record<About, Fact>> = {
  "tool": call(({ intent }) => intent.toolName),
  "risk class": list((facts) => facts.riskClasses),
  "kind": targets((target) => target.kind),
  "value": { of: "values" },
  "endpoint class": list((facts) => facts.endpointClasses),
  "discovery method": targets((target) => target.discoveryMethod),
  "publisher": call((facts) => facts.skillPublisher),
  "skill source": call((facts) => facts.skillSource),
  "sensitivity": targets((target) => target.sensitivity),
  "operation": targets((target) => target.operation),
  "source": list(({ intent }) => intent.provenance.map((entry) => entry.source)),
  "identity": call(({ intent }) => intent.context.identity, true),
  "workspace": { of: "workspace" },
  "claimed tool": claimable((facts) => facts.contextToolName, ({ claimed }) => claimed.toolName),
  "claimed data class": claimable((facts) => facts.contextDataClass, ({ claimed }) => claimed.dataClass),
  "claimed endpoint class": claimable(
    (facts) => facts.contextEndpointClass,
    ({ claimed }) => claimed.endpointClass,
  ),
  "claimed autonomy": claimable(
    (facts) => facts.contextAutonomyLevel,
    ({ claimed }) => claimed.autonomyLevel,
  ),
  "delegator": delegation(({ chain }) => chain.map((link) => link.delegatorIdentity)),
  "delegate": delegation(({ requesterIdentity, chain }) => [
    requesterIdentity,
    ...chain.map((link) => link.delegateIdentity),
  ]),
  "delegation scope": delegation(({ scopeClass, chain }) => [
    scopeClass,
    ...chain.map((link) => link.scopeClass),
  ]),
};
