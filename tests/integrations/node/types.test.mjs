/** The declarations of the package, as a strict program sees them that checks those of its dependencies too. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const PROGRAM = `
import { type Commitment, Guard, generateKey, guardTool, mintApproval, mintSayToken, openGate, type PublicKey,
  recordRun, Refusal, RunRecorder, verifyPack, verifySayToken } from "@gait/gait";
import { guardTools as aiSdk } from "@gait/gait/ai-sdk";
import { gaitMiddleware } from "@gait/gait/langchain";
import { guardTools as mastra } from "@gait/gait/mastra";
import { guardServer } from "@gait/gait/mcp";
import { guardTools as openai } from "@gait/gait/openai-agents";

const gate = openGate({ policy: "policy.yaml", traceDir: "traces" });
const context = { identity: "agent-7", workspace: "/srv", risk_class: "high" };
const remove = guardTool(gate, { name: "fs.delete", context }, async ({ path }: { path: string }) => path.length);
export const length: number = await remove({ path: "/srv/data" });
const perhaps = guardTool(gate, { context, onRefusal: "return" }, (_: { n: number }) => 1);
export const either: number | Refusal = await perhaps({ n: 1 });
const recorder = new RunRecorder("run_1");
export const guard = new Guard(gate, { context, recorder });
const { bytes } = await recordRun(recorder.request());
export const key: PublicKey = (await generateKey()).public;
export const { ok }: { readonly ok: boolean } = await verifyPack(bytes, { trusted: { source: "flag", key } });
export const commitment: Commitment = {
  created_at: "2026-03-02T09:00:02Z", call_id: "c", turn_index: 0, call_seq: 1, commitment_class: "refund", context,
};
export const scope: readonly string[] | undefined = (await gate.decide({ tool_name: "t", context })).requiredScope;
export const all = [aiSdk, gaitMiddleware, guardServer, mastra, mintApproval, mintSayToken, openai, verifySayToken];
`;
/** Each must be an error, or the types say nothing. */
const MISTAKES = [
  'openGate({ polcy: "p" });',
  "guardTool(openGate({}), {}, () => 1);",
  "const n: string = await guardTool(openGate({}), { context }, (_: { a: 1 }) => 1)({ a: 1 });",
  'export const bad: Commitment = { ...commitment, commitment_class: "promise" };',
];

function compile(program, options = {}) {
  const folder = mkdtempSync(join(process.cwd(), "types-"));
  try {
    writeFileSync(join(folder, "program.ts"), program);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      types: [],
      ...options,
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["program.ts"] }),
    );
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const { status, stdout } = spawnSync(process.env.GAIT_TSC, ["-p", folder], { encoding: "utf8" });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a strict program compiles", () => {
  assert.deepEqual(compile(PROGRAM), { status: 0, stdout: "" });
});

test("a strict program without the DOM library compiles, as most in Node are", () => {
  assert.deepEqual(compile(PROGRAM, { lib: ["es2022"] }), { status: 0, stdout: "" });
});

for (const mistake of MISTAKES) {
  test(`the compiler sees what is wrong with ${mistake}`, () => {
    const { status, stdout } = compile(PROGRAM + mistake);
    assert.notEqual(status, 0);
    assert.ok(
      stdout.split("\n").every((line) => !/^[^ ].*error/.test(line) || line.includes("program.ts")),
      stdout,
    );
  });
}
