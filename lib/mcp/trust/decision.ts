import { compact, type JsonObject } from "../../formats/json/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { set, trimLower } from "../../formats/text.ts";
import { isZeroTime, type Rfc3339, unixNanos, ZERO_TIME } from "../../formats/time.ts";
import type { McpTrust } from "../../policy/types.ts";
import { type ServerDescription, serverKey } from "./server.ts";
import type { TrustEntry, TrustSnapshot } from "./snapshot.ts";

/** The decision about trust in a server. */
export interface TrustDecision {
  readonly serverId: string;
  readonly serverName: string;
  readonly publisher: string;
  readonly source: string;
  readonly status: string;
  /** Path of the trust snapshot. */
  readonly decisionSource: string;
  readonly score: number;
  readonly threshold: number;
  readonly updatedAt: Rfc3339;
  readonly maxAgeSeconds: number;
  /** Whether calls of this risk class require a trusted server. */
  readonly required: boolean;
  /** Whether trust is required and missing. */
  readonly enforced: boolean;
  readonly registryVerified: boolean;
  readonly publisherAllowed: boolean;
  readonly reasonCodes: readonly string[];
}

/** The server and the risk class of a call. */
export interface TrustContext {
  readonly server: ServerDescription | undefined;
  /** Risk class of the intent; a call that states none counts as high. */
  readonly riskClass: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const VERIFIED = "mcp_trust_verified";

/** Decide about trust in a server (docs/spec/mcp.md 5.3). */
export function decideTrust(
  policy: McpTrust,
  snapshot: TrustSnapshot,
  question: TrustContext,
): TrustDecision {
  const { server = UNKNOWN_SERVER, riskClass, now } = question;
  const required = policy.requiredRiskClasses.includes(trimLower(riskClass));
  const key = serverKey(server);
  const entry = key !== "" && snapshot.kind === "read" ? snapshot.entries.get(key) : undefined;
  const maxAge = parseDuration(policy.maxAge || "0") ?? 0n;
  const common = {
    decisionSource: entry?.evidencePath || policy.snapshot,
    threshold: policy.minScore,
    maxAgeSeconds: Number(maxAge / 1_000_000_000n),
    required,
  };
  if (!entry) {
    const [status, reason] = problemOf(key, snapshot);
    return {
      ...common,
      ...server,
      status,
      score: 0,
      updatedAt: ZERO_TIME,
      enforced: required,
      registryVerified: false,
      publisherAllowed: false,
      reasonCodes: [reason],
    };
  }
  const findings = findingsOf(policy, entry, maxAge, now);
  return {
    ...common,
    serverId: entry.serverId,
    serverName: entry.serverName,
    publisher: entry.publisher,
    source: entry.source,
    score: entry.score,
    updatedAt: entry.updatedAt,
    status: findings[0]?.status ?? "trusted",
    enforced: required && findings.length > 0,
    registryVerified: policy.requireRegistry && isRegistered(entry),
    publisherAllowed: policy.publisherAllowlist.includes(entry.publisher),
    reasonCodes: findings.length === 0 ? [VERIFIED] : set(findings.map(({ reason }) => reason)),
  };
}

const UNKNOWN_SERVER: ServerDescription = { serverId: "", serverName: "", publisher: "", source: "" };

/** Status and reason code when the snapshot has no entry for a server. */
function problemOf(key: string, snapshot: TrustSnapshot): [string, string] {
  if (key === "") return ["missing", "mcp_trust_identifier_missing"];
  switch (snapshot.kind) {
    case "unavailable":
      return ["missing", "mcp_trust_snapshot_unavailable"];
    case "invalid":
      return ["invalid", "mcp_trust_snapshot_invalid"];
    case "read":
      return ["unknown", "mcp_trust_server_unknown"];
  }
}

interface Finding {
  readonly reason: string;
  readonly status: string;
}

/** All findings against a server; the first one determines its status. */
function findingsOf(policy: McpTrust, entry: TrustEntry, maxAge: bigint, now: number): Finding[] {
  const { minScore, publisherAllowlist, requireRegistry } = policy;
  const found: [boolean, Finding["reason"], Finding["status"]][] = [
    [!["", "trusted", "allow", "pass"].includes(entry.status), "mcp_trust_status_untrusted", "untrusted"],
    [
      publisherAllowlist.length > 0 && !publisherAllowlist.includes(entry.publisher),
      "mcp_trust_publisher_untrusted",
      "untrusted",
    ],
    [requireRegistry && !isRegistered(entry), "mcp_trust_registry_unverified", "invalid"],
    [maxAge > 0n && isOlder(entry.updatedAt, maxAge, now), "mcp_trust_stale", "stale"],
    [minScore > 0 && entry.score < minScore, "mcp_trust_below_threshold", "below_threshold"],
  ];
  return found.filter(([speaks]) => speaks).map(([, reason, status]) => ({ reason, status }));
}

function isRegistered({ registry }: TrustEntry): boolean {
  return registry !== undefined && registry.signatureVerified && registry.publisherAllowed &&
    (!registry.pinPresent || registry.pinVerified);
}

/** Whether a time is older than a maximum age, compared in nanoseconds, so that limits below one second work. */
function isOlder(updatedAt: Rfc3339, maxAge: bigint, now: number): boolean {
  return isZeroTime(updatedAt) || unixNanos(updatedAt) + maxAge < BigInt(Math.floor(now)) * 1_000_000n;
}

/** Encode the decision for traces and output. */
export function encodeTrust(decision: TrustDecision): JsonObject {
  return {
    ...compact({
      server_id: decision.serverId,
      server_name: decision.serverName,
      publisher: decision.publisher,
      source: decision.source,
    }),
    status: decision.status,
    ...compact({
      decision_source: decision.decisionSource,
      score: decision.score,
      threshold: decision.threshold,
    }),
    updated_at: decision.updatedAt,
    ...compact({
      max_age_seconds: decision.maxAgeSeconds,
      required: decision.required,
      enforced: decision.enforced,
      registry_verified: decision.registryVerified,
      publisher_allowed: decision.publisherAllowed,
      reason_codes: [...decision.reasonCodes],
    }),
  };
}
