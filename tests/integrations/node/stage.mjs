/** A folder with a policy and keys, and a guard whose gate is the executable of this checkout. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Guard,
  mintApproval,
  openGate,
  parsePrivateKey,
  parsePublicKey,
  recordRun,
  RunRecorder,
  verifyRunpack,
  verifyTrace,
} from "@gait/gait";

const GAIT = process.env.GAIT_BIN;
const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [read_file]}}
  - {name: write, effect: require_approval, match: {tool_names: [write_file]}}
  - {name: refund, effect: allow, match: {tool_names: [voice.commitment.refund]}}
`;

/** Run a test with a guard; afterwards every trace verifies, and the run becomes a runpack that does. */
export async function onStage(test) {
  const folder = mkdtempSync(join(tmpdir(), "gait-node-"));
  const gait = (...args) => execFileSync(GAIT, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let gate;
  try {
    gait("keys", "init", "--out-dir", "k");
    writeFileSync(join(folder, "policy.yaml"), POLICY);
    gate = openGate({
      policy: "policy.yaml",
      gaitBin: GAIT,
      cwd: folder,
      traceDir: "traces",
      privateKey: "k/gait_private.key",
      approvalPublicKey: "k/gait_public.key",
    });
    const recorder = new RunRecorder("run_framework");
    const context = { identity: "agent", workspace: "/w", risk_class: "low" };
    const guard = new Guard(gate, { context, recorder });
    const executed = [];
    const approve = async (request) => {
      const key = await parsePrivateKey(readFileSync(join(folder, "k/gait_private.key"), "utf8"));
      const { token } = await mintApproval({
        intentDigest: request.intentDigest,
        policyDigest: request.policyDigest,
        scope: request.scope,
        approver: "dana",
        reasonCode: "CHG-7",
        ttl: "10m",
      }, key);
      return token;
    };
    await test({ guard, gate, executed, approve, recorder, context });
    await gate.close();
    const key = await parsePublicKey(readFileSync(join(folder, "k/gait_public.key"), "utf8"));
    const traces = readdirSync(join(folder, "traces")).filter((name) => name.startsWith("trace_"));
    if (traces.length === 0) throw new Error("no trace was written");
    for (const name of traces) {
      const report = await verifyTrace(readFileSync(join(folder, "traces", name)), { source: "flag", key });
      if (!report.ok) throw new Error(`${name}: ${report.error}`);
    }
    const { bytes } = await recordRun(recorder.request());
    if (!(await verifyRunpack(bytes)).ok) throw new Error("the runpack does not verify");
  } finally {
    await gate?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
