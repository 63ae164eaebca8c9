import type { JsonObject } from "../../formats/json/mod.ts";
import type { Decision } from "../../gate/decide.ts";
import type { SayToken } from "../../voice/say_token.ts";
import { bad, columns, good, type Line, line, warn } from "../text.ts";

/** The complete binding of a token in normal form, including a turn 0. */
export function bindingOf(token: SayToken): JsonObject {
  const { call_id, turn_index, call_seq, commitment_class, expires_at } = token;
  return { call_id, turn_index, call_seq, commitment_class, expires_at, ...boundsOf(token) };
}

function boundsOf(
  { currency, quote_min_cents, quote_max_cents, refund_ceiling_cents }: SayToken,
): JsonObject {
  const members = Object.entries({ currency, quote_min_cents, quote_max_cents, refund_ceiling_cents });
  return Object.fromEntries(members.filter(([, value]) => value !== "" && value !== 0));
}

/** A minted token for people. */
export function mintedLines(path: string, token: SayToken, warnings: readonly string[]): Line[] {
  return [line(good("voice token mint ok"), `: ${path}`), ...columns(rows(token)), ...warningLines(warnings)];
}

/** A refused sentence for people. */
export function refusedLines({ outcome }: Decision, tracePath: string | undefined): Line[] {
  return [
    line(bad(outcome.verdict), ": the sentence may not be spoken"),
    ...columns([
      ["reasons", outcome.reasonCodes.join(", ") || "none given"],
      ["trace", tracePath ?? "none"],
    ]),
  ];
}

/** A verified token for people. */
export function verifiedLines(path: string, token: SayToken, warnings: readonly string[]): Line[] {
  return [
    line(good("voice token verify ok"), `: ${path}`),
    ...columns(rows(token)),
    ...warningLines(warnings),
  ];
}

function rows(token: SayToken): [string, string][] {
  return [
    ["may say", token.commitment_class],
    ["call", `${token.call_id}, turn ${token.turn_index}, sequence ${token.call_seq}`],
    ...Object.entries(boundsOf(token)).map(([name, value]): [string, string] => [name, String(value)]),
    ["expires", token.expires_at],
  ];
}

function warningLines(warnings: readonly string[]): Line[] {
  return warnings.map((text) => line(warn("warning"), `: ${text}`));
}
