/** Audits of approvals and delegations, for which the signature of their trace vouches. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { gatedSession } from "../support/gated.ts";

Deno.test("an audit is verified with its trace, whose verdict counts; one that was edited is found", () =>
  onStage(async (stage) => {
    const { gait, read, write, files } = stage;
    await gatedSession(stage);
    const audits = (await files()).filter((name) => name.startsWith("t/approval_audit_"));
    const [traces, states] = [
      ["t/trace_tool.write0.json", "t/trace_tool.write2.json"],
      new Map<string, string>(),
    ];
    for (const trace of traces) {
      for (const audit of audits) {
        const { code, json } = await gait`trace verify ${trace} --audit ${audit} --json`;
        assert.equal(code, json.audits[0].ok ? 0 : 2);
        if (json.audits[0].ok) states.set(audit, json.verdict);
      }
    }
    assert.deepEqual([...states.values()].sort(), ["allow", "require_approval"]);
    const [audit, other] = [...states].sort(([, a]) => a === "allow" ? -1 : 1).map(([name]) => name) as [
      string,
      string,
    ];
    const before = await read(audit);
    // Another spelling of the same JSON is the same audit.
    await write(audit, JSON.stringify(JSON.parse(before)));
    assert.equal((await gait`trace verify ${traces[1]!} --audit ${audit}`).code, 0);
    await write(audit, before.replace('"dana"', '"boss"'));
    const found = await gait`trace verify ${traces[1]!} --audit ${audit} --json`;
    assert.deepEqual([found.code, found.json.audits[0].error_code], [2, "audit_changed"]);
    const build = "pack build --from-traces t,approval.json --policy policy.yaml --out p.zip".split(" ");
    const built = await gait(...build, "--json");
    assert.notEqual(built.code === 0 ? (await gait`pack verify p.zip`).code : built.code, 0, built.stdout);
    await write(audit, before);
    assert.equal((await gait(...build, "--force")).code, 0);
    assert.equal((await gait`pack verify p.zip`).code, 0);
    for (const args of [`t/trace_tool.read0.json --audit ${other}`, `${traces[0]} --audit policy.yaml`]) {
      assert.notEqual((await gait(...`trace verify ${args}`.split(" "))).code, 0);
    }
  }));

Deno.test("evidence packs take no audit that is not the one of its trace", () =>
  onStage(async (stage) => {
    const { gait, read, write, files } = stage;
    await gatedSession(stage);
    await gait`demo`;
    const trace = "t/trace_tool.write2.json";
    const id = JSON.parse(await read(trace)).trace_id;
    const audit = (await files()).find((name) => name === `t/approval_audit_${id}.json`)!;
    const pack = (out: string) =>
      gait`guard pack run_demo --trace ${trace} --approval-audit ${audit} --attach --out ${out} --json`;
    const intact = await pack("a.zip");
    assert.equal(intact.code, 0, intact.stdout);
    assert.equal((await gait`guard verify a.zip`).code, 0);
    const chain =
      await gait`verify chain --run run_demo --trace ${trace} --pack a.zip --public-key gate/gate_public.key --json`;
    const codes = (chain.json.findings ?? []).map(({ code }: { code: string }) => code);
    assert(!codes.includes("pack_audit_differs"), chain.stdout);
    await write(audit, (await read(audit)).replace('"dana"', '"boss"'));
    const edited = await pack("b.zip");
    assert.deepEqual([edited.code, edited.json.error_detail], [2, "approval_audit_changed"]);
    // A pack of a program that does not look.
    assert.equal((await gait`guard pack run_demo --approval-audit ${audit} --out c.zip`).code, 0);
    const swapped =
      await gait`verify chain --run run_demo --trace ${trace} --pack c.zip --public-key gate/gate_public.key --json`;
    const swappedCodes = (swapped.json.findings ?? []).map(({ code }: { code: string }) => code);
    assert(swappedCodes.includes("pack_audit_differs"), swapped.stdout);
  }));
