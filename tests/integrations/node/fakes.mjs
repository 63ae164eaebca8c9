/** Gates that misbehave, as programs of their own, and what is left of the processes afterwards. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GaitError, guardTool, openGate, RefusedError } from "@gait/gait";

export const context = { identity: "a", workspace: "/w", risk_class: "low" };
export const intent = { tool_name: "read_file", args: {}, context };
export const ALLOW = '{"id":ID,"ok":true,"verdict":"allow","exit_code":0,"reason_codes":[],"violations":[]}';
export const HELLO =
  '{"id":1,"ok":false,"verdict":"block","exit_code":6,"error_code":"invalid_input","error":"x","hint":"y"}';
/** Milliseconds that nothing takes which works, however busy the machine is. */
export const DEADLINE = 40_000;
/** The deadline of calls to a gate that hangs: long enough for it to have started. */
export const HANGING = 5_000;

/** A folder that is removed after the test. */
export async function inFolder(test) {
  const folder = mkdtempSync(join(tmpdir(), "gait-fake-"));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program of a gate that answers each line with a text; ID is the id of the line, and `null` ends the process. */
export const answering = (answers) => `
import { createInterface } from "node:readline";
const answers = ${JSON.stringify(answers)};
let n = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const answer = answers[Math.min(n++, answers.length - 1)];
  if (answer === null) process.exit(9);
  if (answer !== "") process.stdout.write(answer.replaceAll("ID", String(JSON.parse(line).id)) + "\\n");
}`;

/** The program of a gate that writes its process id to `pid`, begins well, then answers nothing, and never ends by itself. */
export const HANGS = `
import { renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
process.on("SIGTERM", () => {});
setInterval(() => {}, 60_000);
let n = 0;
const place = (name) => new URL(name, import.meta.url);
createInterface({ input: process.stdin }).on("line", () => {
  if (n++ === 0) process.stdout.write(${JSON.stringify(HELLO)} + "\\n");
  else {
    writeFileSync(place("pid.part"), String(process.pid));
    renameSync(place("pid.part"), place("pid"));
  }
});`;

/** Run a test with a gate that is a program; afterwards no child is left, not even a dead one. */
export async function withProgram(program, test, options = {}) {
  await inFolder(async (folder) => {
    const file = join(folder, "fake.mjs");
    writeFileSync(file, program);
    const gate = openGate({ policy: "p", gaitBin: [process.execPath, file], timeout: DEADLINE, ...options });
    try {
      await test(gate, folder, file);
    } finally {
      await gate.close();
    }
    await noChildStays();
  });
}

/** {@linkcode withProgram} with {@linkcode answering}. */
export const fake = (answers, test, options) => withProgram(answering(answers), test, options);

export const fails = (detail) => (error) =>
  error instanceof GaitError && (detail === undefined || error.detail === detail);

/** Make a guarded call that has to fail for this reason, before the deadline, without the tool; its error. */
export async function refused(gate, detail) {
  const executed = [];
  const run = guardTool(gate, { name: "read_file", context }, () => void executed.push("ran"));
  const error = await soon(run({}).then(() => assert.fail("it was executed"), (error) => error));
  assert.ok(error instanceof RefusedError, String(error));
  assert.equal(error.detail, detail, String(error));
  assert.deepEqual(executed, []);
  return error;
}

/** What hangs is a failure of the test. */
export async function soon(promise) {
  let timer;
  const late = new Promise((_, reject) =>
    timer = setTimeout(() => reject(new Error("it hangs")), 2 * DEADLINE)
  );
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Wait until something holds. */
export async function until(holds, what) {
  for (const end = Date.now() + DEADLINE; !holds();) {
    if (Date.now() > end) assert.fail(`not reached: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Wait for a process id in a file of the folder. */
export async function pidIn(folder, name = "pid") {
  const path = join(folder, name);
  await until(() => existsSync(path) && readFileSync(path, "utf8").trim() !== "", `a process id in ${name}`);
  return Number(readFileSync(path, "utf8"));
}

/** Wait until a process is gone. */
export const gone = (pid) => until(() => stateOf(pid) === undefined, `the end of process ${pid}`);

/** Wait until this process has no children. */
export const noChildStays = () => until(() => children().length === 0, "the end of all children");

/** The state of a process; undefined when it is gone, or dead and left to the init process. */
function stateOf(pid) {
  if (!existsSync("/proc/self/stat")) {
    try {
      process.kill(pid, 0);
      return "there";
    } catch {
      return undefined;
    }
  }
  const [state, parent] = statOf(pid) ?? [];
  return state === "Z" && Number(parent) !== process.pid ? undefined : state;
}

/** The children of this process, the dead ones that nobody asked about included; none where the system does not say. */
export function children() {
  if (!existsSync("/proc/self/stat")) return [];
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((pid) => Number(statOf(pid)?.[1]) === process.pid);
}

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
