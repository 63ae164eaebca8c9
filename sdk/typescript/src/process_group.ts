import type { ChildProcess } from "node:child_process";
import process from "node:process";

/** A child that runs; its process leads a group of its own. */
export interface WatchedGroup {
  /** Whether a call waits for its answer. */
  waits: boolean;
  /** It ended. */
  forget(): void;
}

const running = new Map<ChildProcess, WatchedGroup>();
let watching = false;

/**
 * End a child together with this process. Most end by themselves with their input. One that owes an answer may hang, and
 * nobody is left who would wait for it.
 */
export function watchGroup(child: ChildProcess): WatchedGroup {
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const [one, { waits }] of running) endGroup(one, waits ? "SIGKILL" : "SIGTERM");
    });
  }
  const group = { waits: false, forget: () => void running.delete(child) };
  running.set(child, group);
  return group;
}

/** Send a signal to a child and all that it started. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    if (child.pid === undefined) return;
    if (process.platform === "win32") throw new Error("there are no groups");
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // the group is gone, or there is none
  }
}
