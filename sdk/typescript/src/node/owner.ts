import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";

/*
 * Whose a lock or a journal is. INVARIANT: a living process never counts as gone. Its id alone proves nothing: containers
 * that share a folder, and often the name of the host, count their processes separately; and an id is given again.
 */

/** What counts the processes here: the host, and on Linux the namespace of the process ids. */
const SCOPE = [hostname(), namespace()].filter((part) => part !== "").join("_").replace(/[^\w.-]/g, "_") ||
  "_";

/** Stands for a start that the system does not tell. */
const UNKNOWN = "0";

/** This process, as the names of what belongs to it have it. */
export const OWNER = `${process.pid}-${startOf(process.pid) ?? UNKNOWN}-${SCOPE}`;

/** Owners as {@linkcode OWNER} has them, in a regular expression. */
export const OWNER_FORM = "[1-9][0-9]{0,9}-[0-9]{1,20}-[\\w.-]+";

const PARTS = /^([0-9]+)-([0-9]+)-(.+)$/;

/** Whether an owner has ended for certain. */
export function isGone(owner: string): boolean {
  const [, id, start, scope] = PARTS.exec(owner) ?? [];
  if (scope !== SCOPE) return false;
  const pid = Number(id);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ESRCH") return true;
  }
  const began = startOf(pid);
  return start !== UNKNOWN && began !== undefined && began !== start;
}

/** When a process was started, in ticks of the system's clock. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program, in parentheses, may hold blanks and parentheses; the start is the 20th word behind it.
    const start = text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
    return start !== undefined && /^[0-9]+$/.test(start) ? start : undefined;
  } catch {
    return undefined;
  }
}

function namespace(): string {
  try {
    return /[0-9]+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
  } catch {
    return ""; // a system without them
  }
}
