import { EXIT } from "../errors/mod.ts";
import type { CliContext } from "./dispatch.ts";

/**
 * Run a command line and write the event logs that the environment enables (docs/spec/core.md 3.9). A failure to log
 * never changes the output or the exit status.
 */
export async function withEventLogs(
  argv: readonly string[],
  context: CliContext,
  run: (argv: readonly string[], context: CliContext) => Promise<number>,
): Promise<number> {
  const isSet = (name: string) => !!context.effects.env.get(name)?.trim();
  if (!isSet("GAIT_ADOPTION_LOG") && !isSet("GAIT_OPERATIONAL_LOG")) return await run(argv, context);
  const { openEventLog } = await import("./event_log.ts");
  const log = await openEventLog(argv, context);
  // The log is written after the command, so it must keep the permissions to read and write files.
  const status = await run(argv, {
    ...context,
    narrow: (needs) => context.narrow({ ...needs, read: true, write: true }),
  });
  await log.end(status, status === EXIT.ok);
  return status;
}
