import { GaitError } from "../errors/mod.ts";
import type { Environment, Files } from "../effects/types.ts";
import { parseDuration } from "../formats/duration.ts";
import { timeOfMillis } from "../formats/time.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { LOCK_SCHEMA_ID } from "../schema/session_journal.ts";

/** The lock timeouts of a session in milliseconds, and the durability of each event (docs/spec/sessions.md 3). */
export interface LockSettings {
  readonly profile: "standard" | "swarm";
  readonly timeout: number;
  readonly retry: number;
  readonly staleAfter: number;
  /** Whether each appended event is fsynced. */
  readonly sync: boolean;
}

const STANDARD: LockSettings = {
  profile: "standard",
  timeout: 2_000,
  retry: 50,
  staleAfter: 300_000,
  sync: true,
};
const SWARM: LockSettings = {
  profile: "swarm",
  timeout: 10_000,
  retry: 20,
  staleAfter: 600_000,
  sync: false,
};

/** The settings from the environment. */
export function lockSettings(env: Environment): LockSettings {
  const profile = (env.get("GAIT_SESSION_LOCK_PROFILE") ?? "").trim().toLowerCase();
  const base = profile === "swarm" ? SWARM : STANDARD;
  const read = (name: string, ofProfile: number, standard: number) => {
    const duration = parseDuration((env.get(`GAIT_SESSION_LOCK_${name}`) ?? "").trim());
    return duration === undefined ? ofProfile : duration <= 0n ? standard : Number(duration) / 1e6;
  };
  const timeout = read("TIMEOUT", base.timeout, STANDARD.timeout);
  return {
    ...base,
    timeout,
    retry: Math.min(read("RETRY", base.retry, STANDARD.retry), timeout),
    staleAfter: read("STALE_AFTER", base.staleAfter, STANDARD.staleAfter),
  };
}

/**
 * Run a step while holding the lock of a journal. The lock of a live Gait process is never taken over, whatever its
 * age. One of another implementation is taken over if its recorded creation time, or else the time of its file, is
 * older than the threshold.
 *
 * @throws {GaitError} `state_contention` when it isn't free in time
 */
export async function withJournalLock<T>(
  files: Files,
  journal: string,
  settings: LockSettings,
  random: (length: number) => Uint8Array,
  step: () => Promise<T>,
): Promise<T> {
  let looks = 0;
  const options = {
    wait: settings.timeout,
    retry: settings.retry,
    jitter: () => {
      looks++;
      return random(1)[0]! / 255;
    },
    content: (holder: string, pid: number, now: number) =>
      JSON.stringify({
        created_at: timeOfMillis(Math.floor(now / 1000) * 1000),
        pid,
        schema_id: LOCK_SCHEMA_ID,
        schema_version: RECORD_VERSION,
        holder,
      }) + "\n",
    isLeftOver: (content: string, age: number, now: number) => {
      const made = createdAt(content);
      // A time in the future is ignored: the clock may have been set back.
      return (made === undefined || made > now ? age : now - made) > settings.staleAfter;
    },
  };
  try {
    return await files.withLock(journal, options, step);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "state_contention") throw error;
    const { profile, timeout, retry } = settings;
    throw new GaitError(
      "state_contention",
      `Cannot lock journal "${journal}": another process held it for ${timeout} ms, ${looks + 1} attempts ` +
        `(timeout ${timeout} ms, retry ${retry} ms, profile ${profile})`,
      { hint: `Try again; if no other process runs, remove "${journal}.lock"`, cause: error },
    );
  }
}

/** The creation time recorded in a lock. */
function createdAt(content: string): number | undefined {
  const time = /"created_at"\s*:\s*"([^"]*)"/.exec(content)?.[1];
  const moment = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(moment) ? undefined : moment;
}
