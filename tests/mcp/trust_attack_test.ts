/** What a server, or whoever calls one, may try to be trusted (docs/spec/mcp.md sections 5 and 8). */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

const SNAPSHOT = {
  schema_id: "gait.mcp.trust_snapshot",
  schema_version: "1.0.0",
  entries: [
    { server_id: "good", status: "trusted", score: 0.9, updated_at: "2026-01-01T00:00:00Z" },
    { server_name: "named", status: "trusted", score: 0.9, updated_at: "2026-01-01T00:00:00Z" },
  ],
};

async function decide(stage: Stage, call: unknown, snapshot: unknown = SNAPSHOT, more = "") {
  await stage.write("snap.json", typeof snapshot === "string" ? snapshot : JSON.stringify(snapshot));
  await stage.write(
    "policy.yaml",
    `default_verdict: allow\nmcp_trust: {snapshot: snap.json, action: block${more}}\n`,
  );
  const stdin = JSON.stringify(call);
  return await stage.gaitWith({ stdin }, ..."mcp proxy policy.yaml - --json".split(" "));
}

Deno.test("ids match ids and names match names", () =>
  onStage(async (stage) => {
    for (const server of [{ server_name: "good" }, { server_id: "named" }]) {
      const { code, json } = await decide(stage, { name: "t", server });
      assert.deepEqual([code, json.mcp_trust.status], [3, "unknown"]);
    }
    for (const server of [{ server_id: " GOOD " }, { server_name: "Named" }]) {
      assert.equal((await decide(stage, { name: "t", server })).code, 0);
    }
  }));

Deno.test("a call that states no risk is of high risk, for trust too", () =>
  onStage(async (stage) => {
    const { code, json } = await decide(stage, { name: "t", server: { server_id: "evil" } });
    assert.deepEqual([code, json.mcp_trust.required, json.mcp_trust.enforced], [3, true, true]);
    const low = await decide(stage, {
      name: "t",
      server: { server_id: "evil" },
      context: { risk_class: "low" },
    });
    assert.deepEqual([low.code, low.json.reason_codes], [0, ["default_allow", "mcp_trust_server_unknown"]]);
  }));

Deno.test("a greatest age below one second is one", () =>
  onStage(async (stage) => {
    const { code, json } = await decide(
      stage,
      { name: "t", server: { server_id: "good" } },
      SNAPSHOT,
      ", max_age: 900ms",
    );
    assert.deepEqual([code, json.mcp_trust.status], [3, "stale"]);
  }));

Deno.test("mcp verify takes no class of risk that nobody knows, since it would need no trust", () =>
  onStage(async (stage) => {
    await decide(stage, { name: "t" }, SNAPSHOT, ", required_risk_classes: [high, extreme]");
    await stage.write("server.json", '{"server_id":"evil"}');
    const verify = (risk: string) =>
      stage.gait("mcp", "verify", "--policy", "policy.yaml", "--server", "server.json", "--risk-class", risk);
    for (const risk of ["hihg", "high,low", "h\u0131gh"]) assert.equal((await verify(risk)).code, 6, risk);
    for (const [risk, code] of [["Extreme", 3], ["high", 3], ["low", 0]] as const) {
      assert.equal((await verify(risk)).code, code, risk);
    }
  }));

Deno.test("a snapshot that two readers could understand differently is invalid, a missing one unavailable", () =>
  onStage(async (stage) => {
    const call = { name: "t", server: { server_id: "good" } };
    const entry = SNAPSHOT.entries[0]!;
    const invalid = [
      "[]",
      '{"entries":[{"server_id":"good","server_id":"evil"}]}',
      JSON.stringify({ entries: [entry, { ...entry, server_id: "GOOD" }] }),
      JSON.stringify({ entries: [{ ...entry, Status: "trusted" }] }),
      JSON.stringify({ entries: [{ status: "trusted" }] }),
      JSON.stringify({ entries: [{ ...entry, score: "1" }] }),
      JSON.stringify({ entries: [{ ...entry, updated_at: "yesterday" }] }),
      JSON.stringify({ ...SNAPSHOT, schema_version: "2.0.0" }),
    ];
    for (const snapshot of invalid) {
      const { code, json } = await decide(stage, call, snapshot);
      assert.deepEqual([code, json.mcp_trust.reason_codes], [3, ["mcp_trust_snapshot_invalid"]], snapshot);
    }
    await stage.write("policy.yaml", "default_verdict: allow\nmcp_trust: {snapshot: none.json}\n");
    const { code, json } = await stage.gaitWith(
      { stdin: JSON.stringify(call) },
      ..."mcp proxy policy.yaml - --json".split(" "),
    );
    assert.deepEqual([code, json.mcp_trust.reason_codes], [3, ["mcp_trust_snapshot_unavailable"]]);
  }));

Deno.test("a call that trust blocks is not counted and asks no broker", () =>
  onStage(async (stage) => {
    await stage.write("snap.json", JSON.stringify(SNAPSHOT));
    await stage.write(
      "policy.yaml",
      "default_verdict: block\nmcp_trust: {snapshot: snap.json, action: block}\n" +
        "rules:\n  - {name: c, effect: allow, match: {tool_names: [t]}, require_broker_credential: true}\n",
    );
    const broker = [
      "--credential-broker",
      "command",
      "--credential-command",
      "/bin/sh",
      "--credential-command-args",
      "-c,touch asked",
    ];
    const stdin = JSON.stringify({ name: "t", server: { server_id: "evil" } });
    const { code } = await stage.gaitWith(
      { stdin },
      ..."mcp proxy policy.yaml - --json".split(" "),
      ...broker,
    );
    assert.equal(code, 3);
    assert.ok(!(await stage.files()).includes("asked"));
  }));

Deno.test("the signed trace tells what trust found", () =>
  onStage(async (stage) => {
    const { json } = await decide(stage, { name: "t", server: { server_id: "evil" } });
    const trace = JSON.parse(await stage.read(json.trace_path));
    assert.deepEqual(trace.mcp_trust, json.mcp_trust);
    assert.equal(trace.verdict, "block");
  }));
