import { formatDuration, parseDuration } from "../formats/duration.ts";
import { lset, trim, trimLower } from "../formats/text.ts";
import type { McpTrustDocument } from "./document.ts";
import { excerpt, type Fields } from "./fields.ts";
import { oneOf } from "./values.ts";

const KEYS = [
  "enabled",
  "snapshot",
  "action",
  "required_risk_classes",
  "min_score",
  "max_age",
  "publisher_allowlist",
  "require_registry",
];

/** Read `mcp_trust` (docs/spec/gate.md 1.2.3): checked and completed only when something in it is configured. */
export function readMcpTrust(policy: Fields): McpTrustDocument {
  const fields = policy.inner("mcp_trust", KEYS);
  const written: McpTrustDocument = {
    enabled: fields.flag("enabled"),
    snapshot: trim(fields.text("snapshot")),
    action: trimLower(fields.text("action")),
    required_risk_classes: lset(fields.texts("required_risk_classes")),
    min_score: fields.number("min_score"),
    max_age: trim(fields.text("max_age")),
    publisher_allowlist: lset(fields.texts("publisher_allowlist")),
    require_registry: fields.flag("require_registry"),
  };
  if (!isConfigured(written)) return written;
  if (written.snapshot === "") {
    fields.mistake("snapshot", `"mcp_trust" needs "snapshot", the file of trusted servers`);
  }
  if (written.min_score < 0 || written.min_score > 1) {
    fields.mistake("min_score", `"min_score" must be between 0 and 1, found ${written.min_score}`);
  }
  const riskClasses = written.required_risk_classes;
  return {
    ...written,
    enabled: true,
    action: oneOf(fields, "action", ["block", "require_approval"], "block"),
    required_risk_classes: riskClasses.length === 0 ? ["critical", "high"] : riskClasses,
    max_age: written.max_age === "" ? "" : normalAge(fields, written.max_age),
  };
}

function isConfigured(trust: McpTrustDocument): boolean {
  return trust.enabled || trust.snapshot !== "" || trust.action !== "" || trust.max_age !== "" ||
    trust.required_risk_classes.length > 0 || trust.publisher_allowlist.length > 0 || trust.min_score > 0 ||
    trust.require_registry;
}

function normalAge(fields: Fields, text: string): string {
  const age = parseDuration(text);
  if (age === undefined || age <= 0n) {
    fields.mistake("max_age", `"max_age" must be a positive duration, found "${excerpt(text)}"`, {
      hint: "Write for instance 90m, 24h or 1h30m",
    });
    return "";
  }
  return formatDuration(age);
}
