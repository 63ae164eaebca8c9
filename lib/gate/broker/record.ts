import { prettyJson } from "../../formats/json/mod.ts";
import type { AuditFacts } from "../audit.ts";
import { present, recordTime } from "../trace/record.ts";
import type { Credential, CredentialDemand } from "./credential.ts";

/** The record that a credential was issued for a call, never the credential (docs/spec/tokens.md 6.4). */
export function credentialRecord(
  { traceId, intent, producerVersion }: AuditFacts,
  credential: Credential,
  { reference, scope }: CredentialDemand,
): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: "gait.gate.broker_credential_record",
    schema_version: "1.0.0",
    created_at: recordTime(intent),
    producer_version: producerVersion,
    trace_id: traceId,
    tool_name: intent.toolName,
    identity: intent.context.identity,
    broker: credential.issuer,
    ...present({ reference, scope: [...scope] }),
    credential_ref: credential.ref,
    issued_at: credential.issuedAt,
    expires_at: credential.expiresAt,
    ...present({ ttl_seconds: credential.ttlSeconds }),
  });
}
