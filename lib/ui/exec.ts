import type { Effects, ServerAnswer } from "../effects/types.ts";
import { GaitError, messageOf } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";
import { json } from "../serve/responses.ts";
import { type CommandArguments, FIXED_COMMANDS } from "./fixed_commands.ts";
import { DEMO_UNSIGNED } from "../signing/local_dev_key.ts";
import { COMMAND_OUTPUT, COMMAND_TIMEOUT } from "./limits.ts";

type ExecEffects = Pick<Effects, "runChild" | "executable" | "now">;

/** Runs commands of this program for the page, one at a time: two of them could write the same files. */
export interface CommandRunner {
  /**
   * Run arguments of this program; the answer is that of `/api/exec`.
   *
   * @param trusted whether the request had the token. Without it any local program may have asked, so no key is made
   * and none is added to the trust folder for it.
   */
  run(command: string, args: readonly string[], trusted: boolean): Promise<ServerAnswer>;
}

/** Make the runner of one server. */
export function commandRunner(effects: ExecEffects): CommandRunner {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(command, args, trusted) {
      const done = last.then(() => runCommand(command, args, trusted, effects));
      last = done.then(() => {}, () => {});
      return done;
    },
  };
}

/** Answer a request to run one of the fixed commands (docs/spec/doctor.md 4.3). */
export async function exec(
  body: Uint8Array<ArrayBuffer>,
  runner: CommandRunner,
  trusted: boolean,
): Promise<ServerAnswer> {
  let request: { command: string; args: CommandArguments };
  try {
    request = readRequest(body);
  } catch (error) {
    return json(400, { ok: false, error: messageOf(error) });
  }
  const { command, args } = request;
  const refuse = (error: string) => json(400, { ok: false, command: trim(command), exit_code: 6, error });
  const name = trim(command).toLowerCase();
  if (!Object.hasOwn(FIXED_COMMANDS, name)) return refuse("There is no such command");
  try {
    return await runner.run(name, FIXED_COMMANDS[name]!(args), trusted);
  } catch (error) {
    if (error instanceof GaitError) return refuse(error.message);
    throw error;
  }
}

function readRequest(body: Uint8Array<ArrayBuffer>): { command: string; args: CommandArguments } {
  const request = readJson(body, { what: "request" });
  if (request === null) return { command: "", args: {} };
  if (!isJsonObject(request)) throw new Error("Cannot read request: expected an object");
  const { command, args } = request;
  if (command !== undefined && command !== null && typeof command !== "string") {
    throw new Error("Cannot read request: command is not a text");
  }
  if (args !== undefined && args !== null && !isJsonObject(args)) {
    throw new Error("Cannot read request: args is not an object");
  }
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(args ?? {})) {
    if (value === null) continue;
    if (typeof value !== "string") throw new Error("Cannot read request: an argument is not a text");
    texts.push([name, value]);
  }
  return { command: command ?? "", args: Object.fromEntries(texts) };
}

async function runCommand(
  command: string,
  args: readonly string[],
  trusted: boolean,
  { runChild, executable, now }: ExecEffects,
): Promise<ServerAnswer> {
  const argv = [executable(), ...args];
  const started = now();
  const failed = (error: string) => json(500, { ok: false, command, argv, exit_code: 1, error });
  let ended;
  try {
    ended = await runChild({
      command: argv[0]!,
      args,
      timeout: COMMAND_TIMEOUT,
      outputLimit: COMMAND_OUTPUT,
      ...(trusted ? {} : { addEnv: { [DEMO_UNSIGNED]: "1" } }),
    });
  } catch (error) {
    return failed(messageOf(error));
  }
  if (ended.timedOut) return failed(`The command took longer than ${COMMAND_TIMEOUT / 1000} s`);
  const stdout = decodeUtf8(ended.stdout);
  const stderr = decodeUtf8(ended.output.subarray(ended.stdout.length));
  const parsed = objectIn(ended.stdout);
  const duration = Math.max(0, Math.round(now() - started));
  return json(200, {
    ok: ended.code === 0,
    command,
    argv,
    exit_code: ended.code,
    ...(duration > 0 ? { duration_ms: duration } : {}),
    ...(stdout === "" ? {} : { stdout }),
    ...(stderr === "" ? {} : { stderr }),
    ...(parsed ? { json: parsed } : {}),
    ...(ended.code === 0 ? {} : { error: `The command ended with ${ended.code}` }),
  });
}

function objectIn(stdout: Uint8Array<ArrayBuffer>): JsonObject | undefined {
  try {
    const value: JsonValue = readJson(stdout, { what: "output" });
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
