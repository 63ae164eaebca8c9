import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { checkOptions } from "./arguments.ts";
import { guardTool } from "./guard/guard_tool.ts";
import { Guard } from "./guard/guard.ts";
import { RunRecorder } from "./guard/recorder.ts";
import { recordRun } from "./runs.ts";

/** The next step of the error that a call ends with; "" for none. */
async function hintOf(step: () => unknown): Promise<string> {
  try {
    await step();
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return error.hint ?? "";
    throw error;
  }
  throw new Error("expected an error");
}

/** Options as JavaScript gives them. */
const any = (value: unknown) => value as never;

const check = (options: unknown) =>
  checkOptions<{ policy?: string; traceDir?: string; keys?: { file?: string } }>("options", any(options), {
    policy: "text",
    traceDir: "text",
    keys: { file: "text" },
  });

Deno.test("checkOptions() names the members where something else than an object is given", async () => {
  for (const options of ["policy.yaml", undefined, null, ["policy.yaml"], 3]) {
    assert.equal(await hintOf(() => check(options)), "Give an object, of policy, traceDir, keys");
  }
  assert.equal(await hintOf(() => check({ keys: "gait.key" })), "Give an object, of file");
});

Deno.test("checkOptions() suggests the member that is spelt or lengthened otherwise", async () => {
  const rows = [
    ["policyPath", "policy"],
    ["policy_path", "policy"],
    ["gatePolicy", "policy"],
    ["trace_dir", "traceDir"],
    ["tracedir", "traceDir"],
  ] as const;
  for (const [given, meant] of rows) {
    assert.equal(await hintOf(() => check({ [given]: "x" })), `Did you mean "${meant}"?`);
  }
  assert.match(await hintOf(() => check({ colour: "x" })), /^Use one of: /);
  // An object has members of its own, and those of its prototype are no advice.
  assert.match(await hintOf(() => check({ constructor: "x" })), /^Use one of: /);
});

Deno.test("errors about options say where what was given belongs", async () => {
  const gate = { decide: () => Promise.reject(new Error("not asked")) };
  const context = { identity: "a", workspace: "/w", risk_class: "low" };
  assert.match(await hintOf(() => new Guard(gate, any(context))), /in context: \{ identity/);
  assert.match(
    await hintOf(() => guardTool(gate, any({ name: "t", ...context }), () => 1)),
    /in context: \{/,
  );
  assert.match(
    await hintOf(() => guardTool(any({ name: "t", context }), any(gate), () => 1)),
    /openGate\(\)/,
  );
  assert.match(await hintOf(() => guardTool(gate, { name: "t", context }, any(undefined))), /third argument/);
  const request = new RunRecorder("run_1").request();
  for (const options of [{ key: "k" }, { captureMode: "raw" }]) {
    assert.match(await hintOf(() => recordRun(request, any(options))), /third argument/);
  }
});

Deno.test("RunRecorder refuses at once the ids that recordRun() would refuse at the end", async () => {
  for (const id of ["", "  ", "a/b", "a\\b", "..", "a\nb", "x".repeat(201)]) {
    await hintOf(() => new RunRecorder(id));
    await hintOf(() => recordRun({ run: { run_id: id }, intents: [], results: [] }));
  }
  assert.equal(new RunRecorder("run 42").runId, "run 42");
});
