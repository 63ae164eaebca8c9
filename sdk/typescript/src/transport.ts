import { GaitError } from "../../../lib/errors/mod.ts";

/** The other side. */
export interface Transport {
  write(text: string): void;
  /** Whether a call waits for an answer; the process of this program ends without waiting otherwise. */
  hold(yes: boolean): void;
  /** Say that nothing more comes; ended by force after the time. */
  close(grace: number): Promise<void>;
}

/** What a transport reports; the end once, with the reason. */
export interface Listener {
  readonly onData: (piece: Uint8Array) => void;
  readonly onEnd: (error: GaitError) => void;
}

/** Why there is no decision: one of the reasons of docs/spec/sdk.md 1.7. */
export type Unavailable = "not_found" | "start_failed" | "died" | "timeout" | "closed";

/** A gate that is not there, or is gone. */
export function unavailable(detail: Unavailable, message: string, hint?: string): GaitError {
  return new GaitError(detail === "not_found" ? "dependency_missing" : "io_failure", message, {
    detail,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The error of a call to a gate that was closed. */
export function isClosed(): GaitError {
  return unavailable("closed", "The gate is closed", "Close it after the last call, or open another one");
}

/** Milliseconds until what was ended by force must be gone. */
const FORCED = 2_000;

/** Wait for an end, and force it when the time has passed. */
export async function orLater(ended: Promise<void>, grace: number, force: () => unknown): Promise<void> {
  if (await within(ended, grace)) return;
  force();
  await within(ended, FORCED);
}

async function within(ended: Promise<void>, time: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), time));
  const inTime = await Promise.race([ended.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
