// The scene of ../python/scene.py for Node: the same calls, by the model server in Python.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

export const QUESTION = "Refund order A-17.";
const made = [];

export function lookupOrder({ order }) {
  made.push(["lookup_order", { order }, "ok"]);
  return { order, cents: 500 };
}

export function pay({ cents, to }) {
  made.push(["pay", { cents, to }, cents > 300 ? "error" : "ok"]);
  if (cents > 300) throw new Error("limit of 300 exceeded");
  return { paid: cents };
}

export const write = (name, text) =>
  writeFileSync(`${process.env.SAMPLES}/${name}`, text.endsWith("\n") ? text : `${text}\n`);
export const writeJson = (name, value) => write(name, JSON.stringify(value, null, 1));
export const writeLines = (name, values) => write(name, values.map((v) => JSON.stringify(v) + "\n").join(""));
export function writeMade() {
  made.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  writeJson("made.json", made.splice(0));
}

/** Start the model server; `close` has it write what was posted as traces. */
export async function serve() {
  const child = spawn(process.env.MODEL_PYTHON, ["serve.py"], {
    cwd: process.cwd(),
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const address = await new Promise((resolve) =>
    child.stdout.once("data", (line) => resolve(String(line).trim()))
  );
  const close = (traces = "") =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.stdin.end(traces);
    });
  return { address, close };
}
