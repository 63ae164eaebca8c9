import { EXIT, type ExitStatus } from "../errors/mod.ts";
import type { Front } from "./dispatch.ts";

/**
 * Run a command line between the lines of the event logs, when the environment asks for any (docs/spec/core.md 3.9).
 * Log trouble never changes output or status.
 */
export async function withEventLogs(
  argv: readonly string[],
  front: Front,
  run: (argv: readonly string[], front: Front) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const asked = (name: string) => !!front.effects.env.get(name)?.trim();
  if (!asked("GAIT_ADOPTION_LOG") && !asked("GAIT_OPERATIONAL_LOG")) return await run(argv, front);
  const { openEventLog } = await import("./event_log.ts");
  const log = await openEventLog(argv, front);
  // The log is written after the command, so reading and writing files must survive its narrowing.
  const status = await run(argv, {
    ...front,
    narrow: (needs) => front.narrow({ ...needs, read: true, write: true }),
  });
  await log.end(status, status === EXIT.ok);
  return status;
}
