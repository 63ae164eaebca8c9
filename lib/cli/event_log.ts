import { codeOfExit, MEANING, messageOf } from "../errors/mod.ts";
import type { OutputRules } from "../effects/types.ts";
import { refuseOtherLog } from "../gate/trace/own_log.ts";
import { isObjectWith, type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import { timeOfMillis } from "../formats/time.ts";
import type { CliContext } from "./dispatch.ts";
import { categoryOfExit, correlationId } from "./envelope.ts";

/** Commands whose logged name includes their second word (docs/spec/core.md 3.9). */
const GROUPED = new Set(
  ("approve-script capture check enforce gate init keys list-scripts policy regress run job pack report scout guard " +
    "incident registry gateway mcp voice doctor delegate test ui").split(" "),
);

const ALIASES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-v": "version",
  "--explain": "explain",
};

type Stream = "adoption" | "operational_start" | "operational_end";

const HEALTH_SCHEMA_ID = "gait.scout.telemetry_health";

/** A variable with a wrong path must cost no other file: a key, a policy, evidence (docs/spec/core.md 3.6). */
const OLDER_HEALTH: OutputRules = {
  older: (held) => isObjectWith(held, ({ schema_id: id }) => id === HEALTH_SCHEMA_ID),
  olderGoes: "away",
  hint: "Give the health of the logs a path of its own",
};

function isEvent({ schema_id: id }: JsonObject): boolean {
  return typeof id === "string" && /^gait\.scout\.(adoption|operational)_event$/.test(id);
}

/** Open the logs named by the environment and write the start line of the operational log. */
export async function openEventLog(
  argv: readonly string[],
  { effects, version, table: load, console }: CliContext,
) {
  const table = await load();
  const variable = (name: string) => effects.env.get(name)?.trim() || undefined;
  const paths = { adoption: variable("GAIT_ADOPTION_LOG"), operational: variable("GAIT_OPERATIONAL_LOG") };
  const workflow = variable("GAIT_ADOPTION_WORKFLOW");
  const healthPath = variable("GAIT_TELEMETRY_HEALTH_PATH");
  const quiet = variable("GAIT_TELEMETRY_WARN")?.toLowerCase() === "off";
  const command = loggedName(argv);
  const correlation = await correlationId(argv);
  const environment = { os: effects.os, arch: effects.arch };
  const started = effects.now();
  const health: Partial<Record<Stream, { attempts: number; success: number; failed: number }>> = {};

  async function append(stream: Stream, path: string | undefined, event: JsonObject): Promise<void> {
    if (path === undefined) return;
    const counts = health[stream] ??= { attempts: 0, success: 0, failed: 0 };
    counts.attempts++;
    try {
      await refuseOtherLog(effects.files, path, isEvent);
      await effects.files.appendLine(path, JSON.stringify(event));
      counts.success++;
    } catch (error) {
      counts.failed++;
      if (!quiet) console.err(`warning: event log not written: ${escapeControls(messageOf(error))}\n`);
    }
    if (healthPath === undefined) return;
    const report = prettyJson({
      schema_id: HEALTH_SCHEMA_ID,
      schema_version: "1.0.0",
      created_at: timeOfMillis(effects.now()),
      producer_version: version,
      streams: health as JsonObject,
    });
    await effects.files.writeOutput(healthPath, report, OLDER_HEALTH).catch((error) => {
      if (!quiet) console.err(`warning: telemetry health not written: ${escapeControls(messageOf(error))}\n`);
    });
  }

  const operational = (phase: "start" | "end", exit: number, elapsed: number): JsonObject => ({
    schema_id: "gait.scout.operational_event",
    schema_version: "1.0.0",
    created_at: timeOfMillis(effects.now()),
    producer_version: version,
    correlation_id: correlation,
    command,
    phase,
    exit_code: exit,
    error_category: categoryOfExit(exit),
    retryable: isRetryable(exit),
    elapsed_ms: elapsed,
    environment,
  });

  await append("operational_start", paths.operational, operational("start", 0, 0));
  return {
    /** Write the closing lines. */
    async end(exit: number, ok: boolean): Promise<void> {
      const elapsed = Math.max(0, effects.now() - started);
      const milestone = ok ? table.find((entry) => entry.name === command)?.milestone : undefined;
      await append("adoption", paths.adoption, {
        schema_id: "gait.scout.adoption_event",
        schema_version: "1.0.0",
        created_at: timeOfMillis(effects.now()),
        producer_version: version,
        command,
        ...(workflow === undefined ? {} : { workflow_id: workflow }),
        success: ok,
        exit_code: exit,
        elapsed_ms: elapsed,
        ...(milestone === undefined ? {} : { milestones: [milestone] }),
        environment,
      });
      await append("operational_end", paths.operational, operational("end", exit, elapsed));
    },
  };
}

/** The name that a command line has in the logs. */
export function loggedName(argv: readonly string[]): string {
  const [first, second] = argv;
  if (first === undefined) return "version";
  if (!first.trim()) return "unknown";
  const alias = ALIASES[first];
  if (alias !== undefined) return alias;
  const word = second?.trim() ?? "";
  return GROUPED.has(first) && word !== "" && !word.startsWith("-") ? `${first} ${word}` : first;
}

function isRetryable(exit: number): boolean {
  const code = codeOfExit(exit);
  return code !== undefined && MEANING[code].retryable;
}
