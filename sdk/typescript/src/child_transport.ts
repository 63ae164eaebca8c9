import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import process from "node:process";
import type { GaitError } from "../../../lib/errors/mod.ts";
import { escapeControls } from "../../../lib/formats/controls.ts";
import { endGroup, watchGroup } from "./process_group.ts";
import { type Listener, orLater, type Transport, unavailable } from "./transport.ts";

/** Milliseconds in which the outputs of an ended process are read to their end, though another one holds them open. */
const DRAIN = 500;
const LAST_WORDS = 2000;

/**
 * Start `gait gate stream` as a child, in a session of its own, because Ctrl-C is for the agent. What the command starts,
 * such as the executable behind `npx` or a script, ends with it.
 *
 * @throws {GaitError} when the system refuses at once
 */
export function childTransport(command: readonly string[], cwd: string | undefined, on: Listener): Transport {
  const child = start(command, cwd);
  const group = watchGroup(child);
  let words = "";
  let answered = false;
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error: Error & { code?: string }) => {
      on.onEnd(notStarted(command[0]!, cwd, error));
      resolve();
    });
    child.once("exit", () => {
      over = true;
      group.forget();
      // A wrapper that was killed leaves its own child behind.
      endGroup(child);
      setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), DRAIN).unref();
    });
    child.once("close", (status, signal) => {
      const how = signal === null ? `it ended with ${status}` : `it was ended by ${signal}`;
      const said = words.split("\n").map((line) => line.trim()).filter((line) => line !== "").join(" | ");
      on.onEnd(ending(answered, said === "" ? how : `${how}: ${escapeControls(said)}`));
      resolve();
    });
  });
  child.stdout?.on("data", (piece) => {
    answered = true;
    on.onData(piece);
  });
  child.stderr?.on("data", (piece) => words = (words + String(piece)).slice(-LAST_WORDS));
  child.stdin?.on("error", () => {}); // the end is reported by itself
  return {
    write: (text) => void child.stdin?.write(text),
    hold(yes) {
      group.waits = yes;
      for (const one of [child, child.stdin, child.stdout, child.stderr] as unknown as (Socket | null)[]) {
        yes ? one?.ref?.() : one?.unref?.();
      }
    },
    async close(grace) {
      child.stdin?.end();
      await orLater(ended, grace, () => over || endGroup(child));
    },
  };
}

function start([program = "", ...args]: readonly string[], cwd: string | undefined): ChildProcess {
  try {
    return spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
  } catch (error) {
    throw notStarted(program, cwd, error as Error);
  }
}

function ending(answered: boolean, how: string): GaitError {
  if (answered) return unavailable("died", `The gate ended: ${how}`);
  return unavailable(
    "start_failed",
    `The gate ended before it answered anything: ${how}`,
    "Repair what it names; where it does not know `gate stream`, it is too old for this package",
  );
}

/** The system says the same of a missing folder, program and interpreter of a script. */
function notStarted(program: string, cwd: string | undefined, error: Error & { code?: string }): GaitError {
  if (cwd !== undefined && !isFolder(cwd)) {
    return unavailable(
      "not_found",
      `Cannot run "${program}": the working folder "${cwd}" is missing`,
      "Create the folder, or give another one as cwd",
    );
  }
  const hint = "Name the executable: gaitBin, or the variable GAIT_BIN";
  if (error.code === "EACCES") {
    const what = isFolder(program) ? "it is a folder" : "it may not be executed";
    return unavailable("not_found", `Cannot run "${program}": ${what}`, hint);
  }
  if (error.code !== "ENOENT") {
    return unavailable("not_found", `Cannot run "${program}": ${error.message}`, hint);
  }
  const script = program.includes("/") && existsSync(program);
  const what = script ? "the interpreter that its first line names" : "it";
  return unavailable("not_found", `Cannot run "${program}": ${what} is not found`, hint);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
