import assert from "node:assert/strict";
import fc from "fast-check";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { encodeIntentForDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import { callRows, cutText, SHOWN_VALUE } from "./call_rows.ts";

const shown = (rows: readonly (readonly [string, string])[]) => rows.map((row) => row.join("  ")).join("\n");

const context = {
  identity: "svc.shop",
  workspace: "/srv/shop",
  risk_class: "critical",
  phase: "apply",
  session_id: "session-1",
  request_id: "request-1",
  job_id: "job-1",
  auth_context: { "wrkr.data_class": "pii", role: "auditor" },
  credential_scopes: ["scope-a"],
  environment_fingerprint: "env-1",
};

const WHOLE: JsonObject = {
  tool_name: "db.query",
  args: { sql: "DROP TABLE users", deep: { nested: ["needle"] }, count: 7 },
  targets: [
    {
      kind: "path",
      value: "/db/users",
      operation: "drop",
      sensitivity: "secret-class",
      open_world_hint: true,
    },
    { kind: "url", value: "https://bank.example/pay", operation: "write" },
  ],
  arg_provenance: [{ arg_path: "$.sql", source: "external", source_ref: "mail:77" }],
  skill_provenance: { skill_name: "reports", source: "registry", publisher: "acme" },
  delegation: {
    requester_identity: "svc.shop",
    scope_class: "write",
    chain: [{ delegator_identity: "lead", delegate_identity: "svc.shop", scope_class: "write" }],
  },
  context,
};

/** All texts, numbers and member names of a value. */
function atoms(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(atoms);
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => [name, ...atoms(member!)]);
  }
  return value === null || typeof value === "boolean" ? [] : [String(value)];
}

Deno.test("callRows() shows everything that the digest of a call covers", async () => {
  const script = {
    tool_name: "script",
    script: {
      steps: [
        {
          tool_name: "a.read",
          args: { from: "inbox" },
          targets: [{ kind: "path", value: "/in", operation: "read" }],
        },
        {
          tool_name: "b.send",
          args: { to: "eve@example.org" },
          arg_provenance: [{ arg_path: "$.to", source: "user" }],
        },
      ],
    },
    context,
  };
  for (const call of [WHOLE, script]) {
    const digested = encodeIntentForDigest(await parseIntent(call, "intent"));
    const text = shown(callRows(digested));
    const { tool_name: _, ...rest } = digested;
    const structure = [
      "args",
      "script",
      "steps",
      "script_hash",
      "targets",
      "kind",
      "value",
      "operation",
      "destructive",
    ];
    for (const atom of atoms(rest)) {
      if (structure.includes(atom) || atom === "tool_name" || atom === digested.script_hash) continue;
      assert.ok(text.includes(JSON.stringify(atom).slice(1, -1)), `${atom} is not in\n${text}`);
    }
    assert.ok(!text.includes("CUT") && !text.includes("NOT SHOWN"));
  }
});

Deno.test("callRows() marks what it does not show", () => {
  const long = "x".repeat(SHOWN_VALUE * 3);
  const [row] = callRows({ args: { sql: long } });
  assert.ok(row![1].includes(`CUT: ${SHOWN_VALUE} of ${long.length + 2} characters`));
  assert.ok(row![1].length < SHOWN_VALUE + 100);
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`a${i}`, i]));
  for (
    const call of [{ args: many }, {
      targets: Array.from({ length: 250 }, () => ({ kind: "path", value: "v" })),
    }]
  ) {
    const rows = callRows(call as JsonObject);
    assert.equal(rows.length, 101);
    assert.ok(rows.at(-1)![1].includes("NOT SHOWN: 150 more of 250"));
  }
});

Deno.test("cutText() keeps a text up to its length, and never splits a character", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
    const cut = cutText(text, limit);
    if (text.length <= limit) return assert.equal(cut, text);
    assert.ok(cut.includes("CUT"));
    const kept = cut.slice(0, cut.indexOf("… CUT"));
    assert.ok(text.startsWith(kept) && kept.length >= limit - 1);
    assert.ok(!/[\ud800-\udbff]$/.test(kept));
  }));
});
