/**
 * A misspelt member or option does not compile: `deno task check` checks the types of this file, and a line below a
 * comment that expects an error must be one. Nobody calls it.
 */
import {
  importRun,
  mintApproval,
  openGate,
  type PrivateKey,
  recordRun,
  testPolicy,
  verifyPack,
} from "../../mod.ts";

const context = { identity: "a", workspace: "/w", risk_class: "low" };

export async function typos(key: PrivateKey, bytes: Uint8Array<ArrayBuffer>) {
  const gate = await openGate({ policy: "p" });
  // @ts-expect-error an option that there is not
  await openGate({ policy: "p", traceDirs: "t" });
  // @ts-expect-error an option inside that there is not
  await openGate({ policy: "p", keys: { singing: { file: "k" } } });
  // @ts-expect-error a profile that there is not
  await openGate({ policy: "p", profile: "prod" });
  // @ts-expect-error a member that there is not
  await gate.decide({ tool_nam: "t", context });
  // @ts-expect-error a member inside that there is not
  await gate.decide({ tool_name: "t", context: { ...context, riskClass: "low" } });
  // @ts-expect-error a kind of target that there is not
  await gate.decide({ tool_name: "t", targets: [{ kind: "file", value: "x" }], context });
  // @ts-expect-error without context
  await gate.decide({ tool_name: "t" });
  // @ts-expect-error an option of the call that there is not
  await gate.decide({ tool_name: "t", context }, { approvalToken: [] });
  // @ts-expect-error a member that there is not
  await testPolicy("", { tool_name: "t", contxt: context, context });
  // @ts-expect-error a member that there is not
  await recordRun({ run: { run_id: "r" }, intent: [] });
  // @ts-expect-error a member inside that there is not
  await recordRun({ run: { run_id: "r" }, results: [{ intent_id: "i", status: "ok", results: {} }] });
  // @ts-expect-error a format that there is not
  await importRun("", { format: "openAI" });
  // @ts-expect-error a demand that there is not
  await verifyPack(bytes, { requireSignatures: true });
  const approval = { intentDigest: "", policyDigest: "", approver: "", reasonCode: "", scope: [], ttl: "" };
  // @ts-expect-error a member that there is not
  await mintApproval({ ...approval, maxOp: 1 }, key);
  await gate.decide({
    tool_name: "t",
    args: { a: [1, null] },
    targets: [{ kind: "path", value: "x" }],
    context,
  });
}
