import { buildAuthorizationPack } from "../../lib/pack/authorization.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import type { PrivateKey } from "../../lib/signing/mod.ts";

const SHA = "cd".repeat(32);

/** A pack of an authorization that links a trace. */
export async function authorizationPackSample(key?: PrivateKey): Promise<Uint8Array<ArrayBuffer>> {
  const bundle = {
    created_at: "2026-05-01T08:00:00Z",
    trace_id: "trace_1",
    policy_digest: SHA,
    intent_digest: SHA,
    trace_path: "trace.json",
    outcome_path: "outcome.json",
    outcome_status: "allow",
  };
  const contents: Record<string, string> = {
    "trace.json": '{"verdict":"allow"}',
    "outcome.json": '{"done":1}',
  };
  const read = (path: string) => Promise.resolve(utf8(contents[path]!));
  return (await buildAuthorizationPack(utf8(JSON.stringify(bundle)), read, "0.0.0-test", key)).bytes;
}
