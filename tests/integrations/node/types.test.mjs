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

/** Compile programs, each a module of its own, and give what the compiler says of each. */
function compile(programs, options = {}) {
  const folder = mkdtempSync(join(process.cwd(), "types-"));
  try {
    const files = programs.map((_, i) => `program_${i}.ts`);
    for (const [i, file] of files.entries()) writeFileSync(join(folder, file), programs[i]);
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
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const { status, stdout } = spawnSync(process.env.GAIT_TSC, ["-p", folder], { encoding: "utf8" });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a strict program compiles", () => {
  assert.deepEqual(compile([PROGRAM]), { status: 0, stdout: "" });
});

test("a strict program without the DOM library compiles, as most in Node are", () => {
  assert.deepEqual(compile([PROGRAM], { lib: ["es2022"] }), { status: 0, stdout: "" });
});

test("the compiler sees what is wrong with each mistake, and nothing else", () => {
  const { status, stdout } = compile(MISTAKES.map((mistake) => PROGRAM + mistake));
  assert.notEqual(status, 0);
  const errors = stdout.split("\n").filter((line) => /^[^ ].*error/.test(line));
  // One mistake stands in each program, on its last line.
  const last = PROGRAM.split("\n").length;
  const found = errors.map((line) => /program_(\d+)\.ts\((\d+),/.exec(line)?.slice(1).map(Number));
  assert.deepEqual([...new Set(found.map((place) => JSON.stringify(place)))].sort(), MISTAKES.map((_, i) => `[${i},${last}]`), stdout);
});
