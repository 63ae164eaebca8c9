import { EXIT, type ExitStatus } from "../errors/mod.ts";
import type { CliContext } from "./dispatch.ts";

/**
 * Run a command line between the lines of the event logs, when the environment asks for any (docs/spec/core.md 3.9).
 * Log trouble never changes output or status.
 */
export async function withEventLogs(
  argv: readonly string[],
  context: CliContext,
  run: (argv: readonly string[], context: CliContext) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const isSet = (name: string) => (context.effects.env.get(name)?.trim() ?? "") !== "";
  if (!isSet("GAIT_ADOPTION_LOG") && !isSet("GAIT_OPERATIONAL_LOG")) return await run(argv, context);
  const { openEventLog } = await import("./event_log.ts");
  const log = await openEventLog(argv, context);
  // The log is written after the command, so reading and writing files must survive its narrowing.
  const status = await run(argv, {
    ...context,
    narrow: (needs) => context.narrow({ ...needs, read: true, write: true }),
  });
  await log.end(status, status === EXIT.ok);
  return status;
}
