import { failure, type Outcome } from "../commands/outcome.ts";
import type { Entry } from "../commands/entry.ts";
import { findHot, type HotEntry } from "../commands/hot.ts";
import type { Line } from "../commands/text.ts";
import type { Effects, Needs } from "../effects/mod.ts";
import { EXIT, type ExitStatus, GaitError, messageOf, OptionError } from "../errors/mod.ts";
import { correlationId, exitStatusOf, jsonLine } from "./envelope.ts";
import { parseArguments, standsAsFlag } from "./parse.ts";
import { renderLines } from "./render.ts";

/** Where output goes. */
export interface Console {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether to colour what goes out. */
  readonly colour: boolean;
  /** The same for what goes to standard error. */
  readonly colourErrors: boolean;
  /** Columns in which prose is broken; endless for a file or a pipe. */
  readonly width: number;
}

/** What the front door needs to do its work. */
export interface Front {
  /** Commands that are looked for first, without the table. */
  readonly hot: readonly HotEntry[];
  /** Every command; it takes time to load. */
  readonly table: () => Promise<readonly Entry[]>;
  readonly effects: Effects;
  readonly console: Console;
  readonly version: string;
  /** Give up all permissions but these. */
  readonly narrow: (needs: Needs) => void;
}

/**
 * Run one command line and print its outcome.
 *
 * @param argv the arguments behind the program's name
 * @returns the exit status; never 0 when anything went wrong
 */
export async function dispatch(argv: readonly string[], front: Front): Promise<ExitStatus> {
  try {
    return await answer(argv, front);
  } catch (error) {
    // Standard output took nothing more, so the answer of the command counts for nothing: nobody has it whole.
    const { errorLines } = await import("./error_text.ts");
    const lines = errorLines("gait", asGaitError(error));
    front.console.err(renderLines(lines, front.console.colourErrors));
    return EXIT.internal;
  }
}

async function answer(argv: readonly string[], front: Front): Promise<ExitStatus> {
  const asksJson = argv.some((argument) => /^--?json(=(1|t|T|true|TRUE|True))?$/.test(argument.trim()));
  const asksHelp = argv.includes("--help") || argv.includes("-h");
  try {
    const hot = findHot(argv, front.hot);
    if (hot) return await runCommand(hot, argv.slice(hot.name.split(" ").length), argv, front, asksJson);
    const { resolveCommand } = await import("./resolve.ts");
    const resolved = resolveCommand(argv, await front.table());
    switch (resolved.kind) {
      case "command":
        return await runCommand(resolved.entry, resolved.rest, argv, front, asksJson);
      case "help":
        return await printHelp(resolved.topic, front, EXIT.ok);
      case "usage":
        if (asksJson && resolved.exit !== EXIT.ok) throw resolved.error;
        await printHelp(resolved.topic, front, resolved.exit);
        if (resolved.exit !== EXIT.ok && !asksHelp) {
          await print(failure(resolved.error), argv, front, false, "gait");
        }
        return resolved.exit;
      case "explain":
        front.console.out(resolved.text + "\n");
        return EXIT.ok;
      case "unknown":
        return await print(failure(resolved.error, resolved.fields), argv, front, asksJson, "gait");
    }
  } catch (error) {
    return await print(failure(asGaitError(error)), argv, front, asksJson, "gait");
  }
}

async function runCommand(
  entry: Entry,
  rest: readonly string[],
  argv: readonly string[],
  front: Front,
  asksJson: boolean,
): Promise<ExitStatus> {
  const { default: command } = await entry.load();
  if (standsAsFlag(command, rest, "--explain")) {
    front.console.out(command.explain + "\n");
    return EXIT.ok;
  }
  let json = asksJson;
  let outcome: Outcome;
  try {
    // `version` ignores whatever else is given, so its arguments are not parsed strictly.
    const parsed = entry.name === "version"
      ? { flags: { json, help: false }, positionals: [] }
      : parseArguments(command, rest);
    if (parsed.flags.help === true) return await printHelp(entry.name, front, EXIT.ok);
    json = parsed.flags.json === true;
    front.narrow(command.needs);
    const call = {
      ...parsed,
      effects: front.effects,
      version: front.version,
      correlationId: () => correlationId(argv),
      tell: (line: Line) => front.console.err(renderLines([line], front.console.colourErrors)),
      narrow: front.narrow,
    };
    outcome = await command.run(call as never);
  } catch (error) {
    outcome = failure(asGaitError(error), command.errorFields);
  }
  if (outcome.error instanceof OptionError) {
    const { withFlagNames } = await import("./flag_names.ts");
    outcome = { ...outcome, error: withFlagNames(outcome.error, command) };
  }
  return await print(outcome, argv, front, json, entry.name);
}

async function print(
  outcome: Outcome,
  argv: readonly string[],
  { console }: Front,
  json: boolean,
  name: string,
): Promise<ExitStatus> {
  const status = exitStatusOf(outcome);
  if (outcome.served) return status;
  if (json) {
    console.out(await jsonLine(outcome, argv));
  } else {
    console.out(renderLines(outcome.lines, console.colour, console.width));
    if (outcome.error) {
      const { errorLines } = await import("./error_text.ts");
      console.err(renderLines(errorLines(name, outcome.error), console.colourErrors));
    }
  }
  return status;
}

async function printHelp(
  topic: string,
  { table, console, version }: Front,
  exit: ExitStatus,
): Promise<ExitStatus> {
  const { helpLines } = await import("./help.ts");
  console.out(renderLines(await helpLines(topic, await table(), version), console.colour, console.width));
  return exit;
}

/** Anything thrown that is not ours is a defect: exit 1, never a verdict. */
function asGaitError(error: unknown): GaitError {
  if (error instanceof GaitError) return error;
  return new GaitError("internal_failure", `Internal error: ${messageOf(error)}`, {
    hint: "This is a defect of gait: please report it, with the command that was run",
    cause: error,
  });
}
