import { failure, type Outcome } from "../commands/outcome.ts";
import type { AnyCommand } from "../commands/define.ts";
import type { Entry } from "../commands/entry.ts";
import { findHot, type HotEntry } from "../commands/hot.ts";
import type { Line } from "../commands/text.ts";
import type { Effects, Needs } from "../effects/mod.ts";
import { EXIT, GaitError, messageOf, OptionError } from "../errors/mod.ts";
import { pathStyleOf } from "../formats/path_style.ts";
import { correlationId, exitStatusOf, jsonLine } from "./envelope.ts";
import { isGivenAsFlag, parseArguments } from "./parse.ts";
import { renderLines } from "./render.ts";

/** The output streams of a command. */
export interface Console {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether to colour standard output. */
  readonly colour: boolean;
  /** Whether to colour standard error. */
  readonly colourErrors: boolean;
  /** The width at which prose is wrapped; infinite for a file or a pipe. */
  readonly width: number;
}

/** What dispatch needs: the commands, their effects and the console. */
export interface CliContext {
  /** Commands that are looked up first, without loading the table. */
  readonly hot: readonly HotEntry[];
  /** Loads every command. This is slow, so hot commands are looked up first. */
  readonly table: () => Promise<readonly Entry[]>;
  readonly effects: Effects;
  readonly console: Console;
  readonly version: string;
  /** Drop all other permissions. */
  readonly narrow: (needs: Needs) => void;
}

/**
 * Run one command line and print its outcome.
 *
 * @param argv the arguments behind the program's name
 * @returns the exit status; never 0 when anything went wrong
 */
export async function dispatch(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    return await answer(argv, context);
  } catch (error) {
    // Standard output failed, so nobody received the complete answer: it must not count as success.
    const { errorLines } = await import("./error_text.ts");
    const lines = errorLines("gait", asGaitError(error));
    context.console.err(renderLines(lines, context.console.colourErrors));
    return EXIT.internal;
  }
}

async function answer(argv: readonly string[], context: CliContext): Promise<number> {
  const wantsJson = argv.some((argument) => /^--?json(=(1|t|T|true|TRUE|True))?$/.test(argument.trim()));
  const wantsHelp = argv.includes("--help") || argv.includes("-h");
  try {
    const hot = findHot(argv, context.hot);
    if (hot) return await runCommand(hot, argv.slice(hot.name.split(" ").length), argv, context, wantsJson);
    const { resolveCommand } = await import("./resolve.ts");
    const resolved = resolveCommand(argv, await context.table());
    switch (resolved.kind) {
      case "command":
        return await runCommand(resolved.entry, resolved.rest, argv, context, wantsJson);
      case "help":
        if (wantsJson) {
          const { helpJson } = await import("./help_json.ts");
          return await print(
            await helpJson(resolved.topic, await context.table()),
            argv,
            context,
            true,
            "gait",
          );
        }
        return await printHelp(resolved.topic, context, EXIT.ok);
      case "usage":
        if (wantsJson && resolved.exit !== EXIT.ok) throw resolved.error;
        await printHelp(resolved.topic, context, resolved.exit);
        if (resolved.exit !== EXIT.ok && !wantsHelp) {
          await print(failure(resolved.error), argv, context, false, "gait");
        }
        return resolved.exit;
      case "explain":
        context.console.out(resolved.text + "\n");
        return EXIT.ok;
      case "unknown":
        return await print(failure(resolved.error, resolved.fields), argv, context, wantsJson, "gait");
    }
  } catch (error) {
    return await print(failure(asGaitError(error)), argv, context, wantsJson, "gait");
  }
}

async function runCommand(
  entry: Entry,
  rest: readonly string[],
  argv: readonly string[],
  context: CliContext,
  wantsJson: boolean,
): Promise<number> {
  const { default: command } = await entry.load();
  const { failureStatus } = command;
  if (failureStatus === undefined) return await runLoaded(entry, command, rest, argv, context, wantsJson);
  try {
    return await runLoaded(entry, command, rest, argv, context, wantsJson) && failureStatus;
  } catch (error) {
    context.console.err(`gait ${entry.name}: ${messageOf(error)}\n`);
    return failureStatus;
  }
}

async function runLoaded(
  entry: Entry,
  command: AnyCommand,
  rest: readonly string[],
  argv: readonly string[],
  context: CliContext,
  wantsJson: boolean,
): Promise<number> {
  if (command.retiredFlags) {
    const { retiredFlagIn } = await import("./retired_flag.ts");
    const retired = retiredFlagIn(rest, command.retiredFlags);
    const fields = { ...command.errorFields, ...retired?.fields };
    if (retired) return await print(failure(retired.error, fields), argv, context, wantsJson, entry.name);
  }
  if (isGivenAsFlag(command, rest, "--explain")) {
    context.console.out(command.explain + "\n");
    return EXIT.ok;
  }
  let json = wantsJson;
  let outcome: Outcome;
  try {
    const parsed = parseArguments(command, given(entry, rest), pathStyleOf(context.effects.os));
    if (parsed.flags.help === true) return await printHelp(entry.name, context, EXIT.ok);
    json = parsed.flags.json === true;
    context.narrow(command.needs);
    const { console } = context;
    const call = {
      ...parsed,
      effects: context.effects,
      version: context.version,
      correlationId: () => correlationId(argv),
      notify: (line: Line) => console.err(renderLines([line], console.colourErrors)),
      show: (line: Line) =>
        json
          ? console.err(renderLines([line], console.colourErrors))
          : console.out(renderLines([line], console.colour, console.width)),
      checkArguments: async (name: string, args: readonly string[]) => {
        const { checkArguments } = await import("./check_arguments.ts");
        return await checkArguments(name, args, await context.table(), pathStyleOf(context.effects.os));
      },
      commands: context.table,
      announce: async (outcome: Outcome) => {
        await print(outcome, argv, context, json, entry.name);
      },
      narrow: context.narrow,
    };
    outcome = await command.run(call as never);
  } catch (error) {
    outcome = failure(asGaitError(error), command.errorFields);
  }
  if (outcome.error instanceof OptionError) {
    const { flagName } = await import("../commands/flag_names.ts");
    outcome = { ...outcome, error: outcome.error.named((field) => flagName(field, command)) };
  }
  return await print(outcome, argv, context, json, entry.name);
}

/** The arguments that count: `version` ignores words, but no flags (docs/spec/core.md 3.10). */
function given({ name }: Entry, rest: readonly string[]): readonly string[] {
  return name === "version" ? rest.filter((word) => word.startsWith("-") && word !== "-") : rest;
}

async function print(
  outcome: Outcome,
  argv: readonly string[],
  { console }: CliContext,
  json: boolean,
  name: string,
): Promise<number> {
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
  { table, console, version }: CliContext,
  exit: number,
): Promise<number> {
  const { helpLines } = await import("./help.ts");
  console.out(renderLines(await helpLines(topic, await table(), version), console.colour, console.width));
  return exit;
}

/** Any other exception is a defect: exit 1, never a verdict. */
function asGaitError(error: unknown): GaitError {
  if (error instanceof GaitError) return error;
  return new GaitError("internal_failure", `Internal error: ${messageOf(error)}`, {
    hint: "This is a bug in gait: please report it with the command that you ran",
    cause: error,
  });
}
