import * as v from "valibot";
import type { ChildRequest, ChildResult, Environment } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { compactJson, type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { count, decode, integersIn, object, text, time } from "../../schema/fields.ts";
import { commaList } from "../../formats/text.ts";
import type { BrokerRequest, Credential } from "./credential.ts";

/** Milliseconds until the command and all its child processes are killed. */
const TIMEOUT = 5_000;

/** Largest output of a command in bytes. */
const MAX_OUTPUT_BYTES = 16_384;

/** Milliseconds that a process outside of the group may keep the output of a finished command open. */
const LINGER = 500;

const MAX_REF_BYTES = 256;

/**
 * Environment variables that a broker gets. Others belong to the agent: they may have secrets, or change what the
 * broker does.
 */
const ENVIRONMENT = ["PATH", "HOME", "LANG", "TMPDIR"];

/** Variable that lists further ones. */
const ENVIRONMENT_ALLOWLIST = "GAIT_CREDENTIAL_ENV_ALLOWLIST";

const answerSchema = v.pipe(
  integersIn("ttl_seconds"),
  object({ issued_by: text, credential_ref: text, issued_at: time, expires_at: time, ttl_seconds: count }),
);

/**
 * Run the command of a broker (docs/spec/tokens.md 6.3): without a shell, in a process group of its own, with the
 * request on standard input and the answer on standard output. Its standard error is counted and discarded.
 *
 * @param timeout milliseconds
 * @throws when the command fails in any way
 */
export async function commandAnswer(
  request: BrokerRequest,
  { command, args }: { readonly command: string; readonly args: readonly string[] },
  effects: { env: Environment; runChild: (request: ChildRequest) => Promise<ChildResult> },
  timeout = TIMEOUT,
): Promise<Credential> {
  if (/[ \t\r\n]/.test(command)) throw invalidInput("A command must not have white space");
  const { code, timedOut, stdout, size } = await effects.runChild({
    command,
    args,
    timeout,
    outputLimit: MAX_OUTPUT_BYTES,
    linger: LINGER,
    stdin: utf8(encodeRequest(request)),
    env: environment(effects.env),
  });
  if (timedOut || code !== 0 || size > MAX_OUTPUT_BYTES) throw invalidInput("The command failed");
  const document = readJsonObject(stdout, { what: "answer of the broker", duplicates: "refuse" });
  refuseOtherSpellings(document);
  const answer = decode(answerSchema, document, "answer of the broker");
  if (/[\r\n\t]/.test(answer.credential_ref) || utf8(answer.credential_ref).length > MAX_REF_BYTES) {
    throw invalidInput("The command returned an unusable reference");
  }
  return {
    issuer: answer.issued_by,
    ref: answer.credential_ref,
    issuedAt: answer.issued_at,
    expiresAt: answer.expires_at,
    ttlSeconds: answer.ttl_seconds,
  };
}

/**
 * Refuses other spellings of the times and members that report an error: an expired credential must not pass for one
 * without end because its broker uses another member name.
 */
function refuseOtherSpellings(document: JsonObject): void {
  for (const [name, value] of Object.entries(document)) {
    if (KNOWN.has(name) || value === null) continue;
    if (REFUSED.has(name.toLowerCase().replace(/[^a-z]/g, ""))) {
      throw invalidInput(`The command answers with "${name}"`);
    }
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  "issued_by",
  "credential_ref",
  "issued_at",
  "expires_at",
  "ttl_seconds",
]);
/** In lower case, letters only. */
const REFUSED: ReadonlySet<string> = new Set(
  ("issuedby credentialref issuedat expiresat ttlseconds expires expiresin expiry expiration expirationtime " +
    "expiresatms exp ttl validuntil notafter notbefore nbf error errors errorcode errormessage denied").split(
      " ",
    ),
);

/** Names and order are those of the existing program. */
function encodeRequest(request: BrokerRequest): string {
  return compactJson({
    ToolName: request.toolName,
    Identity: request.identity,
    Workspace: request.workspace,
    SessionID: request.sessionId,
    RequestID: request.requestId,
    Reference: request.reference,
    Scope: [...request.scope],
  });
}

function environment(env: Environment): Record<string, string> {
  const names = [...ENVIRONMENT, ...commaList(env.get(ENVIRONMENT_ALLOWLIST) ?? "")];
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = env.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
