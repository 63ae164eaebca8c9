/** Hostile tokens and identities, and what else a decision trusts: context, inventories, trust snapshots. */
import { readRevocations } from "../../lib/job/revocations.ts";
import { parseApprovalToken } from "../../lib/tokens/approval_token.ts";
import { parseDelegationToken } from "../../lib/tokens/delegation_token.ts";
import { commandAnswer } from "../../lib/gate/broker/command.ts";
import { parseInventory } from "../../lib/gate/context/inventory.ts";
import { readContextEnvelope } from "../../lib/gate/context/envelope.ts";
import { readSnapshot } from "../../lib/mcp/trust/snapshot.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parseIdentities } from "../../lib/guard/encrypt/age.ts";
import { readSayToken } from "../../lib/voice/say_token.ts";
import { json, type Readers, refusalOf, SHA, T, what } from "./hostile_reader.ts";
import { receipts } from "./hostile_runpacks.ts";
import { list } from "./log_lines.ts";

const token = (n: number) => ({
  schema_id: "x",
  schema_version: "1.0.0",
  created_at: T,
  expires_at: T,
  scope: list(n, (i) => ` S${i} `),
  delegation_scopes: list(n, (i) => ` S${i} `),
});

export const TOKENS: Readers = {
  "approval tokens": { make: token, read: (document) => parseApprovalToken(document, what) },
  "delegation tokens": { make: token, read: (document) => parseDelegationToken(document, what) },
  "say-tokens": { make: (n) => json(token(n)), read: (bytes) => readSayToken(bytes, what) },
  "answers of a broker": {
    make: (n) => utf8(`{"issued_by":"x","credential_ref":"${"r".repeat(n)}"}`),
    read: (stdout) =>
      commandAnswer({ scope: [] } as never, { command: "x", args: [] }, {
        env: { get: () => undefined },
        runChild: () => Promise.resolve({ code: 0, timedOut: false, stdout, size: stdout.length } as never),
      }),
  },
  "context envelopes": {
    size: 500,
    make: (n) =>
      json({
        context_set_id: "c",
        records: receipts(n, "r", { query_digest: SHA, content_digest: SHA }).receipts,
      }),
    read: readContextEnvelope,
  },
  "inventories": {
    make: (n) => json(list(n, (i) => ({ tool_name: `t${i}` }))),
    read: (bytes) => parseInventory(bytes),
  },
  "trust snapshots": {
    make: (n) => json({ entries: list(n, (i) => ({ server_id: `s${i}`, score: 0.5, updated_at: T })) }),
    read: (bytes) => readSnapshot("s", { read: () => Promise.resolve(bytes) }),
  },
  "revocation lists": {
    make: (n) => utf8(list(n, (i) => `agent.${i}`).join("\n")),
    read: (bytes) => readRevocations(bytes, what),
  },
  "identities of age": {
    make: (n) => "# comment\r\n\n".repeat(n) + "AGE-SECRET-KEY-1" + "Q".repeat(n),
    read: (text) => refusalOf(() => parseIdentities(text, what)),
  },
};
