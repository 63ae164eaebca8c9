/** Requests, answers and snapshots of `gait mcp serve` beside their published schemas (docs/spec/mcp.md 5.2, 6.2, 6.3). */
import assert from "node:assert/strict";
import { systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { readEvaluateRequest } from "../../lib/mcp/serve/request.ts";
import { readSnapshot } from "../../lib/mcp/trust/snapshot.ts";
import { onStage } from "../support/gait.ts";
import { published, validator } from "../support/schemas.ts";
import { withServer } from "../support/server.ts";

const request = validator(published("mcp/serve_request.schema.json"));
const response = validator(published("mcp/serve_response.schema.json"));
const error = validator(published("mcp/serve_error.schema.json"));
const snapshot = validator(published("mcp/trust_snapshot.schema.json"));

const call = { name: "t", context: { identity: "a", workspace: "/w", risk_class: "low" } };

/** Whether the reader takes a request. */
function isRead(value: unknown): boolean {
  try {
    readEvaluateRequest(utf8(JSON.stringify(value)));
    return true;
  } catch (error) {
    assert.ok(error instanceof GaitError);
    return false;
  }
}

const MEMBERS = Object.keys(published("mcp/serve_request.schema.json").properties as object);
const VALUES = [null, "", "x", 0, 3, 1.5, 2 ** 60, true, false, [], ["x"], {}, { name: "t" }];

Deno.test("a request fits its schema exactly when it is read, whatever a member holds", () => {
  assert.ok(MEMBERS.length > 10);
  for (const member of [...MEMBERS, "other", "Call", "Run_id"]) {
    for (const value of VALUES) {
      const asked = { call, [member]: value };
      assert.equal(request(asked), isRead(asked), JSON.stringify(asked));
    }
  }
  for (const asked of [{}, [], null, "x", { adapter: "mcp" }]) {
    assert.ok(!request(asked) && !isRead(asked), JSON.stringify(asked));
  }
});

Deno.test("answers fit their schemas, those with a verdict and the others; neither fits the other", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      "default_verdict: allow\nrules:\n" +
        ["block", "require_approval", "dry_run"].map((effect) =>
          `  - {name: ${effect}, effect: ${effect}, match: {tool_names: [${effect}]}, reason_codes: [r], violations: [v]}\n`
        ).join("") + "mcp_trust: {snapshot: trust.json}\n",
    );
    await stage.write("trust.json", JSON.stringify({ entries: [{ server_id: "s", score: 1 }] }));
    const folders = [
      "--runpack-dir",
      "rp",
      "--pack-dir",
      "pk",
      "--export-log-out",
      "l",
      "--export-otel-out",
      "o",
    ];
    await withServer(stage, ["mcp", "serve", "--policy", "policy.yaml", ...folders], async (server) => {
      const asked = [
        { call },
        ...["block", "require_approval", "dry_run"].map((name) => ({ call: { ...call, name } })),
        { call: { ...call, server: { server_id: "s" } }, emit_runpack: true, emit_pack: true },
        { call, session_id: "s", run_id: "r", checkpoint_interval: 1 },
        { call: { ...call, context: {}, delegation: { requester_identity: "a", chain: [] } } },
      ];
      for (const one of asked) {
        assert.ok(request(one));
        const { status, json } = await server.post("/v1/evaluate", one);
        assert.equal(status, 200, JSON.stringify(json));
        assert.ok(response(json), JSON.stringify(response.errors));
        assert.ok(!error(json));
        for (const name of published("mcp/serve_response.schema.json").required as string[]) {
          const { [name]: _, ...without } = json;
          assert.ok(!response(without), name);
        }
      }
      const refused = [{}, { call: {} }, { call, other: 1 }, { call: { name: "" } }, {
        call,
        trace_path: "x",
      }];
      for (const one of refused) {
        const { status, json } = await server.post("/v1/evaluate", one);
        assert.equal(status, 400);
        assert.ok(error(json) && !response(json));
      }
    });
  }));

Deno.test("a snapshot fits its schema when it can be read", () =>
  onStage(async ({ write, path }) => {
    const { files } = systemEffects();
    const entry = {
      server_id: "s",
      publisher: "p",
      source: "x",
      endpoint: "e",
      status: "trusted",
      score: 0.5,
    };
    const registry = { signature_verified: true, publisher_allowed: true, pin_present: false };
    const forms: readonly (readonly [unknown, boolean])[] = [
      [{}, true],
      [{ entries: [] }, true],
      [{ schema_id: " ", schema_version: "1.0.0", entries: [entry, { server_name: "n", more: 1 }] }, true],
      [
        { schema_id: "gait.mcp.trust_snapshot", entries: [{ ...entry, registry_verification: registry }] },
        true,
      ],
      [{ entries: [{ ...entry, updated_at: "2026-01-02T03:04:05Z", evidence_path: "e" }] }, true],
      [{ schema_id: "other" }, false],
      [{ schema_version: "2.0.0" }, false],
      [{ entries: {} }, false],
      [{ entries: [{ ...entry, score: "high" }] }, false],
      [{ entries: [{ ...entry, status: 1 }] }, false],
      [{ entries: [{ ...entry, registry_verification: { signature_verified: "yes" } }] }, false],
      [{ entries: [{ ...entry, registry_verification: [] }] }, false],
    ];
    for (const [form, fits] of forms) {
      await write("trust.json", JSON.stringify(form));
      const { kind } = await readSnapshot(path("trust.json"), files);
      assert.deepEqual([snapshot(form), kind], [fits, fits ? "read" : "invalid"], JSON.stringify(form));
    }
  }));
