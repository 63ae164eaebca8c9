import { ZERO_TIME } from "../../lib/formats/time.ts";
import type {
  Delegation,
  Intent,
  IntentContext,
  Script,
  ScriptStep,
  Target,
} from "../../lib/intent/types.ts";
import type { DataflowRule, EndpointRule, Match, Policy, Rule } from "../../lib/policy/types.ts";
import { emptyOf } from "../../lib/policy/complete_block.ts";
import { normalizeBlock } from "../../lib/policy/normalize_block.ts";
import type { InputOf } from "../../lib/schema/policy/kinds.ts";
import { MATCH } from "../../lib/schema/policy/match.ts";
import type { Digest } from "../../lib/signing/mod.ts";

/** A digest that stands for any. */
export const SOME_DIGEST = "0".repeat(64) as Digest;

/** A match without any condition, with every key that there is. */
const EMPTY_MATCH = normalizeBlock(emptyOf(MATCH) as InputOf<typeof MATCH.keys>, MATCH) as Match;

/** A normalised match that asks for what is given. */
export function aMatch(parts: Partial<Match> = {}): Match {
  return { ...EMPTY_MATCH, ...parts };
}

/** A normalised rule that allows all, unless parts say otherwise. */
export function aRule(
  { match, ...parts }: Partial<Omit<Rule, "match">> & { match?: Partial<Match> } = {},
): Rule {
  return {
    name: "only",
    priority: 0,
    effect: "allow",
    reasonCodes: [],
    violations: [],
    minApprovals: 0,
    requireDistinctApprovers: false,
    requireContextEvidence: false,
    requiredContextEvidenceMode: "",
    maxContextAgeSeconds: 0,
    requireBrokerCredential: false,
    brokerReference: "",
    brokerScopes: [],
    ...parts,
    match: aMatch(match),
  };
}

/** An enabled endpoint block with the defaults of the policy language. */
export function anEndpointRule(parts: Partial<EndpointRule> = {}): EndpointRule {
  return {
    enabled: true,
    pathAllowlist: [],
    pathDenylist: [],
    domainAllowlist: [],
    domainDenylist: [],
    egressClasses: [],
    checkArgs: false,
    action: "block",
    destructiveAction: "",
    reasonCode: "endpoint_constraint_violation",
    violation: "endpoint_constraint_violation",
    ...parts,
  };
}

/** An enabled dataflow block with the defaults of the policy language. */
export function aDataflowRule(parts: Partial<DataflowRule> = {}): DataflowRule {
  return {
    enabled: true,
    taintedSources: ["external", "tool_output"],
    destinationKinds: [],
    destinationValues: [],
    destinationOperations: [],
    action: "require_approval",
    reasonCode: "dataflow_tainted_destination",
    violation: "tainted_dataflow",
    ...parts,
  };
}

/** A policy that blocks what no rule matches. */
export function aPolicy(rules: readonly Rule[], parts: Partial<Policy> = {}): Policy {
  return {
    defaultVerdict: "block",
    contextFacts: "",
    failClosed: { enabled: false, riskClasses: [], requiredFields: [] },
    rules,
    ...parts,
  };
}

/** A harmless target. */
export function aTarget(parts: Partial<Target> = {}): Target {
  return {
    kind: "path",
    value: "/a",
    operation: "read",
    sensitivity: "",
    endpointClass: "fs.read",
    endpointDomain: "",
    destructive: false,
    discoveryMethod: "unknown",
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: false,
    ...parts,
  };
}

/** A file that is deleted. */
export function aDeletion(parts: Partial<Target> = {}): Target {
  return aTarget({ operation: "delete", endpointClass: "fs.delete", destructive: true, ...parts });
}

/** A prepared intent of a low risk. */
export function anIntent(
  { context, ...parts }: Partial<Omit<Intent, "context">> & { context?: Partial<IntentContext> } = {},
): Intent {
  return {
    createdAt: ZERO_TIME,
    toolName: "ledger.post",
    args: {},
    argsDigest: SOME_DIGEST,
    targets: [],
    provenance: [],
    ...parts,
    context: {
      identity: "svc.ledger",
      workspace: "/srv/ledger",
      riskClass: "low",
      phase: "apply",
      jobId: "",
      sessionId: "",
      requestId: "",
      authContext: {},
      credentialScopes: [],
      contextRefs: [],
      environmentFingerprint: "",
      contextSetDigest: "",
      contextEvidenceMode: "",
      ...context,
    },
  };
}

/** A script of steps that have a tool, and targets where given. */
export function aScript(...steps: readonly (readonly [tool: string, ...targets: Target[]])[]): Script {
  return {
    hash: SOME_DIGEST,
    steps: steps.map(([toolName, ...targets]): ScriptStep => ({
      toolName,
      args: {},
      targets,
      provenance: [],
    })),
  };
}

/** A delegation through a chain of identities, the last of which asks. */
export function aDelegation(chain: readonly string[], parts: Partial<Delegation> = {}): Delegation {
  return {
    requesterIdentity: chain.at(-1) ?? "agent.specialist",
    scopeClass: "",
    tokenRefs: [],
    issuedAt: ZERO_TIME,
    expiresAt: ZERO_TIME,
    chain: chain.slice(1).map((delegateIdentity, i) => ({
      delegatorIdentity: chain[i]!,
      delegateIdentity,
      scopeClass: "",
      tokenRef: "",
      issuedAt: ZERO_TIME,
      expiresAt: ZERO_TIME,
    })),
    ...parts,
  };
}

/** Where arguments come from. */
export function provenanceOf(...sources: readonly string[]): Intent["provenance"] {
  return sources.map((source, i) => ({ argPath: `$.a${i}`, source, sourceRef: "", integrityDigest: "" }));
}
