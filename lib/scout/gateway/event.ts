import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { set, trim, trimLower } from "../../formats/text.ts";
import { EPOCH_1980, type Rfc3339, timeAfter } from "../../formats/time.ts";
import { refuseLookalikes } from "../../intent/fields.ts";
import { eventTime } from "./event_time.ts";

/** The gateways whose logs are read. */
export const GATEWAYS = ["kong", "docker", "mintmcp"] as const;
export type Gateway = typeof GATEWAYS[number];

/** A gateway's decision about a call, as one of Gait's verdicts. */
export type GatewayVerdict = "allow" | "block" | "require_approval" | "dry_run" | "unknown";

/** One decision of a gateway. */
export interface GatewayEvent {
  /** UTC. */
  readonly timestamp: Rfc3339;
  readonly status: number;
  readonly verdict: GatewayVerdict;
  readonly toolName: string;
  /** `null` if the log has none. */
  readonly reasonCodes: readonly string[] | null;
  readonly policyDigest: string;
  readonly requestId: string;
  readonly agentId: string;
  readonly path: string;
}

/**
 * The event of a log line. Each field is the first usable one in a list of paths that is shared by all gateways: they
 * are so configurable that no list per gateway would fit all its logs (docs/spec/scout.md section 4).
 *
 * @param digest of the line, used if the log names no policy
 * @throws {GaitError} `invalid_input` for a time beyond the year 9999, and for a key that differs only in case from one
 * that is read: another reader would take its value
 */
export function readEvent(fields: JsonObject, gateway: Gateway, line: number, digest: string): GatewayEvent {
  refuseAmbiguity(fields, `line ${line}: `);
  const text = (paths: readonly string[]) => firstText(fields, paths);
  const status = statusOf(fields);
  const verdict = text(PATHS.verdict);
  return {
    timestamp: eventTime(PATHS.time.map((path) => at(fields, path))) ??
      timeAfter(Date.parse(EPOCH_1980), BigInt(line) * 1_000_000_000n),
    status,
    verdict: verdict === undefined ? verdictOfStatus(status) : VERDICTS.get(trimLower(verdict)) ?? "unknown",
    toolName: text(PATHS.toolName) ?? "gateway.unknown",
    reasonCodes: reasonsOf(fields),
    policyDigest: text(PATHS.policyDigest) ?? digest,
    requestId: text(PATHS.requestId) ?? "",
    agentId: text(PATHS.agentId) ?? gateway,
    path: text(PATHS.path) ?? "",
  };
}

/** Where each field may stand; the first usable one counts, dots descend into objects. */
const PATHS = {
  time: ["timestamp", "time", "ts", "started_at", "request.timestamp", "request.time"],
  status: ["status", "status_code", "response.status", "http.status"],
  verdict: ["verdict", "decision", "action", "outcome"],
  toolName: ["tool_name", "tool", "route.name", "service.name", "request.path", "request.uri", "path"],
  reasons: ["reason_codes", "reasons", "policy.reason_codes"],
  reason: ["reason_code", "policy.reason_code"],
  policyDigest: ["policy_digest", "policy.hash", "policy.id", "policy_version"],
  requestId: ["request_id", "request.id", "correlation_id", "trace_id"],
  agentId: ["identity", "consumer.username", "user", "actor"],
  path: ["path", "request.path", "request.uri"],
} as const;

/** The keys that are read of a line, and of each object in it; "" is the line itself. */
const KEYS_IN: ReadonlyMap<string, ReadonlySet<string>> = keysIn(Object.values(PATHS).flat());

function keysIn(paths: readonly string[]): Map<string, Set<string>> {
  const keys = new Map([["", new Set(["log"])]]);
  for (const path of paths) {
    const [first = "", second] = path.split(".");
    keys.get("")!.add(first);
    if (second !== undefined) keys.set(first, (keys.get(first) ?? new Set()).add(second));
  }
  return keys;
}

function refuseAmbiguity(fields: JsonObject, at: string): void {
  for (const [name, known] of KEYS_IN) {
    const holder = name === "" ? fields : Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (isJsonObject(holder)) refuseLookalikes(holder, known, name === "" ? at : `${at}${name}.`);
  }
}

const VERDICTS: ReadonlyMap<string, GatewayVerdict> = new Map([
  ...["allow", "allowed", "permit", "permitted", "ok", "success"].map((word) => [word, "allow"] as const),
  ...["block", "blocked", "deny", "denied", "reject", "rejected", "forbidden", "error"]
    .map((word) => [word, "block"] as const),
  ...["require_approval", "approval_required", "needs_approval"].map((word) =>
    [word, "require_approval"] as const
  ),
  ...["dry_run", "observe", "simulate"].map((word) => [word, "dry_run"] as const),
]);

function verdictOfStatus(status: number): GatewayVerdict {
  if (status >= 400) return "block";
  return status >= 200 ? "allow" : "unknown";
}

/** The value at a dotted path. */
function at(fields: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = fields;
  for (const part of path.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The first non-blank text, trimmed; numbers are ignored. */
function firstText(fields: JsonObject, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = at(fields, path);
    if (typeof value === "string" && trim(value) !== "") return trim(value);
  }
  return undefined;
}

/** A status that does not fit into 64 bits is ignored. */
function statusOf(fields: JsonObject): number {
  for (const path of PATHS.status) {
    const value = at(fields, path);
    const number = typeof value === "number"
      ? Math.trunc(value)
      : typeof value === "string" && /^[+-]?[0-9]{1,19}$/.test(trim(value))
      ? Number(trim(value))
      : undefined;
    if (number !== undefined && Number.isSafeInteger(number)) return number + 0; // avoids negative zero
  }
  return 0;
}

function reasonsOf(fields: JsonObject): string[] | null {
  const reasons: string[] = [];
  for (const path of PATHS.reasons) {
    const value = at(fields, path);
    if (typeof value === "string") reasons.push(value);
    else if (Array.isArray(value)) {
      for (const item of value) if (typeof item === "string") reasons.push(item);
    } else continue;
    break;
  }
  const single = firstText(fields, PATHS.reason);
  if (single !== undefined) reasons.push(single);
  const codes = set(reasons);
  return codes.length > 0 ? codes : null;
}
