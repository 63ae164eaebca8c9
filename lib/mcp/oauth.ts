import { invalidInput } from "../errors/mod.ts";
import { isJsonObject } from "../formats/json/mod.ts";
import { trim, trimLower } from "../formats/text.ts";
import { parseTime } from "../formats/time.ts";
import type { Profile } from "../gate/profile/profile.ts";
import type { CallContext } from "./call_context.ts";
import { own } from "./fields.ts";
import { EVIDENCE_LISTS, EVIDENCE_TEXTS, type OAuthEvidence, readOAuthEvidence } from "./oauth_evidence.ts";

/** Authentication modes that need no evidence. */
const WITHOUT_EVIDENCE = ["", "off", "none", "token"];

/**
 * Check that a call has the authentication evidence that its profile demands (docs/spec/mcp.md 2.2).
 *
 * @throws {GaitError} `invalid_input` for an unknown mode, and under `oss-prod` for missing or incomplete evidence
 */
export function checkOAuth(context: CallContext, profile: Profile): void {
  const mode = modeOf(context);
  if (WITHOUT_EVIDENCE.includes(mode)) return;
  if (mode !== "oauth" && mode !== "oauth_dcr") {
    throw invalidInput(`Cannot use auth_mode "${mode}": expected off, none, token, oauth or oauth_dcr`);
  }
  if (profile !== "oss-prod") return;
  const found = evidenceOf(context);
  if (!found) {
    throw invalidInput(`Profile "oss-prod" needs oauth_evidence for auth_mode "${mode}"`, {
      hint: "Add it to the call as context.oauth_evidence",
    });
  }
  const missing = [
    ...EVIDENCE_TEXTS.filter((name) => isNeeded(name, mode) && trim(String(found[name] ?? "")) === ""),
    ...EVIDENCE_LISTS.filter((name) =>
      !(found[name] as string[] | undefined)?.some((item) => trim(item) !== "")
    ),
  ];
  if (missing.length > 0) throw invalidInput(`The oauth_evidence of the call lacks ${missing.join(", ")}`);
  parseTime(trim(String(found.auth_time)), "oauth_evidence.auth_time");
}

function modeOf({ authMode, authContext, oauthEvidence }: CallContext): string {
  const given = trimLower(authMode);
  if (given !== "") return given;
  const inside = own(authContext, "oauth_mode");
  const second = typeof inside === "string" ? trimLower(inside) : "";
  return second === "" && oauthEvidence ? "oauth" : second;
}

function evidenceOf({ authContext, oauthEvidence }: CallContext): OAuthEvidence | undefined {
  if (oauthEvidence) return oauthEvidence;
  const inside = own(authContext, "oauth_evidence");
  return inside !== undefined && isJsonObject(inside)
    ? readOAuthEvidence(inside, "call: context.auth_context.oauth_evidence.")
    : undefined;
}

/** Members that only dynamically registered clients need. */
const REGISTERED = ["dcr_client_id", "token_binding"];

function isNeeded(name: string, mode: string): boolean {
  return mode === "oauth_dcr" || !REGISTERED.includes(name);
}
