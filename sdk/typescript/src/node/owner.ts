import { hostname } from "node:os";
import process from "node:process";

/** This host, as the names of what belongs to one of its processes have it. */
export const HOST = hostname().replace(/[^\w.-]/g, "_") || "_";

/** Whether no process of this host has the id. One that has it by chance counts as the owner. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === "ESRCH";
  }
}
