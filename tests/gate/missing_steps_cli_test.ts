/** What a refusal or a failed check says to do next is about what is missing. */
import assert from "node:assert/strict";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { gatedSession } from "../support/gated.ts";
import { onStage } from "../support/gait.ts";

const POLICY = `default_verdict: block
rules:
  - name: pay
    effect: allow
    match: { tool_names: [bank.pay] }
    require_broker_credential: true
  - name: write
    effect: allow
    match: { tool_names: [file.write], require_delegation: true }
  - name: transfer
    effect: require_approval
    match: { tool_names: [bank.transfer] }
    min_approvals: 2
`;

const context = { identity: "agent-7", workspace: "/srv", risk_class: "high" };
const delegation = {
  requester_identity: "agent-7",
  chain: [{ delegator_identity: "lead", delegate_identity: "agent-7" }],
};

Deno.test("a call that lacks a credential, a delegation or a second person is told how to get it", () =>
  onStage(async ({ gait, write }) => {
    await write("p.yaml", POLICY);
    await write("pay.json", JSON.stringify({ tool_name: "bank.pay", context }));
    await write("write.json", JSON.stringify({ tool_name: "file.write", context, delegation }));
    await write("transfer.json", JSON.stringify({ tool_name: "bank.transfer", context }));
    const none = await gait`gate eval --policy p.yaml --intent pay.json --trace-out a.json`;
    assert.equal(none.code, 3);
    assert.match(none.stdout, /--intent pay\.json --credential-broker /);
    const empty =
      await gait`gate eval --policy p.yaml --intent pay.json --credential-broker env --trace-out b.json`;
    assert.equal(empty.code, 3);
    assert.match(empty.stdout, /run the broker by hand/);
    const claimed = await gait`gate eval --policy p.yaml --intent write.json --trace-out c.json`;
    assert.equal(claimed.code, 3);
    assert.match(claimed.stdout, /gait delegate mint --delegator/);
    assert.match(claimed.stdout, /--intent write\.json --delegation-token delegation\.json/);
    const given =
      await gait`gate eval --policy p.yaml --intent pay.json --credential-broker stub --trace-out d.json`;
    assert.equal(given.code, 0);
    assert.doesNotMatch(given.stdout, /--credential-broker|by hand/);

    assert.equal(
      (await gait`gate eval --policy p.yaml --intent transfer.json --trace-out e.json`).code,
      4,
    );
    await gait`keys init --out-dir k --prefix dana`;
    const approved =
      await gait`approve --from-trace e.json --intent transfer.json --policy p.yaml --approver dana
      --reason-code c --ttl 1h --yes --key-mode prod --private-key k/dana_private.key --out dana.json`;
    assert.equal(approved.code, 0);
    assert.match(approved.stdout, /--approval-token-chain <others\.json> --approver-keys <folder>/);
  }));

Deno.test("a trace that does not verify, and an audit of another decision, say whom to ask", () =>
  onStage(async (stage) => {
    const { gait, read, write, files } = stage;
    await gatedSession(stage);
    const trace = "t/trace_tool.write2.json";
    const other = await gait`trace verify ${trace} --public-key dana/dana_public.key`;
    assert.equal(other.code, 2);
    assert.match(other.stderr, /Another key signed it/);
    await write("edited.json", (await read(trace)).replaceAll("tool.write", "tool.wrote"));
    const edited = await gait`trace verify edited.json --public-key gate/gate_public.key`;
    assert.equal(edited.code, 2);
    assert.match(edited.stderr, /changed after it was signed/);
    const id = JSON.parse(await read(trace)).trace_id;
    const audits = (await files()).filter((name) => name.startsWith("t/approval_audit_"));
    const foreign = audits.find((name) => !name.includes(id))!;
    const compared = await gait`trace verify ${trace} --audit ${foreign} --public-key gate/gate_public.key`;
    assert.equal(compared.code, 2);
    assert.match(compared.stdout, /<name>_2\.json/);
  }));

Deno.test("the id of a job in the place of that of a run is told from one that nobody has", () =>
  onStage(async ({ gait }) => {
    await gait`job submit --id nightly`;
    for (const command of ["verify", "pack build", "regress init --from"]) {
      const [job, nobody] = [
        await gait(...command.split(" "), "nightly"),
        await gait(...command.split(" "), "nobody"),
      ];
      assert.deepEqual([job.code, nobody.code], [6, 6]);
      assert.match(job.stderr, /gait pack build --type job --from nightly/);
      assert.doesNotMatch(nobody.stderr, /--type job/);
    }
  }));

Deno.test("a zip of a log is told from one of evidence", () =>
  onStage(async ({ gait, write }) => {
    const content = new TextEncoder().encode("{}");
    await write("log.zip", await writeZip([{ name: "session/cc.jsonl", content }]));
    await write("bare.zip", await writeZip([{ name: "run_7/intents.jsonl", content }]));
    for (const command of ["verify", "pack inspect", "incident pack --window 1h --from"]) {
      const of = async (name: string) => await gait(...command.split(" "), name);
      const [log, bare] = [await of("log.zip"), await of("bare.zip")];
      assert.deepEqual([log.code, bare.code], [6, 6]);
      assert.match(log.stderr, /gait run import/);
      assert.doesNotMatch(bare.stderr, /gait run import/);
    }
  }));
