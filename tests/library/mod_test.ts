/** The library's face, used as a program would: what it promises beside the executable. */
import assert from "node:assert/strict";
import { openGate, parsePublicKey, verifyPack, verifyRunpack } from "../../mod.ts";
import { onStage } from "../support/gait.ts";

const INTENT = { tool_name: "t", context: { identity: "a", workspace: "/w", risk_class: "low" } };

Deno.test("openGate() decides in this process as the executable does, and its traces verify", () =>
  onStage(async ({ gait, path, write }) => {
    await gait("keys", "init", "--out-dir", "k");
    await write(
      "policy.yaml",
      "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [t]}}]",
    );
    const gate = await openGate({
      policy: path("policy.yaml"),
      keys: { signing: { file: path("k/gait_private.key") } },
      traceDir: path("traces"),
    });
    const allowed = await gate.decide(INTENT);
    const blocked = await gate.decide({ ...INTENT, tool_name: "other" });
    await assert.rejects(gate.decide('{"tool_name":"t"}'), { code: "invalid_input" });
    await gate.close();
    assert.deepEqual([allowed.verdict, allowed.exitCode, blocked.verdict, blocked.exitCode], [
      "allow",
      0,
      "block",
      3,
    ]);
    await write("intent.json", JSON.stringify(INTENT));
    const once = await gait("gate", "eval", "--policy", "policy.yaml", "--intent", "intent.json", "--json");
    assert.deepEqual([once.json.trace_id, once.json.verdict], [allowed.traceId, "allow"]);
    for (const { tracePath } of [allowed, blocked]) {
      assert.equal((await gait("trace", "verify", tracePath, "--public-key", "k/gait_public.key")).code, 0);
    }
  }));

Deno.test("verifyPack() and verifyRunpack() say in this process what the executable says", () =>
  onStage(async ({ gait, bytes, read }) => {
    await gait("keys", "init", "--out-dir", "k");
    await gait("demo");
    await gait("pack", "build", "run_demo", "--private-key", "k/gait_private.key", "--out", "p.zip");
    const key = await parsePublicKey(await read("k/gait_public.key"));
    const demands = { trusted: { source: "flag", key }, requireSignature: true, strict: true } as const;
    const pack = await bytes("p.zip");
    const report = await verifyPack(pack, demands);
    assert.deepEqual([report.ok, report.packType, report.signature.status], [true, "run", "verified"]);
    assert.equal((await gait("pack", "verify", "p.zip", "--json")).json.pack_id, report.packId);
    pack[pack.length >> 1]! ^= 1;
    assert(!await verifyPack(pack, demands).then(({ ok }) => ok, () => false));
    assert((await verifyRunpack(await bytes("gait-out/runpack_run_demo.zip"))).ok);
  }));
