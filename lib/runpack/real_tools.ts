import type { ChildRequest, ChildResult, Environment, Files } from "../effects/mod.ts";
import { invalidInput, messageOf, OptionError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { folderOf, insideWorkingFolder, type SafePath } from "../formats/path.ts";
import type { Intent } from "../schema/runpack.ts";
import { type Digest, digestOf, equalHex, sha256 } from "../signing/mod.ts";
import type { Executed, Executor } from "./replay.ts";

/** The effects that executing tools needs. */
export interface ToolEffects {
  readonly files: Files;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
}

/** Environment variable that must be 1 before tools are executed, unless another is named. */
export const REAL_TOOLS_ENV = "GAIT_ALLOW_REAL_REPLAY";

/** What whoever wants tools executed must say, beside that. */
export interface RealToolOptions {
  /** That executing tools has side effects is known. */
  readonly unsafeRealTools: boolean;
  /** Names of the tools that may be executed. */
  readonly allowTools: readonly string[];
  /** Environment variable that must be 1. */
  readonly unsafeRealToolsEnv?: string;
}

/** Why no tool may be executed (docs/spec/core.md 5.3): every switch must be on before the run is even looked for. */
export function refuseRealTools(
  { unsafeRealTools, allowTools, unsafeRealToolsEnv = REAL_TOOLS_ENV }: RealToolOptions,
  env: Environment,
): OptionError | undefined {
  const refusal = (reason: (name: (field: string) => string) => string) =>
    new OptionError("unsafe_operation", { message: (name) => `Refusing to execute tools: ${reason(name)}` });
  if (!unsafeRealTools) return refusal((name) => `${name("unsafeRealTools")} is not given`);
  if (allowTools.length === 0) return refusal((name) => `${name("allowTools")} names none`);
  if (env.get(unsafeRealToolsEnv)?.trim() !== "1") {
    return refusal(() => `environment variable "${unsafeRealToolsEnv}" is not 1`);
  }
  return undefined;
}

/** The timeout of a shell command in milliseconds, and the bytes of its output that are digested. */
const SHELL_TIMEOUT = 5_000;
const SHELL_OUTPUT = 65_536;

/** How tools are executed. */
export interface ExecutionOptions {
  /** Take arguments as they were recorded, with the white space around them. */
  readonly exact?: boolean;
}

/**
 * An executor for tools that the user allowed by name (docs/spec/core.md 5.3, step 5). An error of a tool is a result
 * of the replay, whose digest is that of the error text.
 */
export function realTools(
  allowed: readonly string[],
  effects: ToolEffects,
  { exact = false }: ExecutionOptions = {},
): Executor {
  const names = new Set(allowed.map((name) => name.trim().toLowerCase()));
  const executor = async (intent: Intent) => {
    const name = nameOf(intent);
    if (!names.has(name)) return undefined;
    try {
      return await execute(name, intent, exact, effects);
    } catch (error) {
      return { status: "error", digest: await sha256(utf8(messageOf(error))) };
    }
  };
  const check = async (intent: Intent) => {
    if (names.has(nameOf(intent))) await refuseStrippedArguments(intent);
  };
  return Object.assign(executor, { check });
}

/** Ids of the intents whose allowed tool gets other arguments than were recorded, unless they are taken exactly. */
export function trimmedIntents(intents: readonly Intent[], allowed: readonly string[]): string[] {
  const names = new Set(allowed.map((name) => name.trim().toLowerCase()));
  return intents.filter((intent) =>
    names.has(nameOf(intent)) &&
    (ARGUMENTS[nameOf(intent)] ?? []).some((member) => {
      const value = intent.args?.[member];
      return typeof value === "string" && value !== value.trim();
    })
  ).map(({ intent_id: id }) => id);
}

const nameOf = (intent: Intent) => intent.tool_name.trim().toLowerCase();

/**
 * Refuse to execute a run that was recorded by reference: without its arguments it would be a different action.
 *
 * @throws {GaitError} `invalid_input`
 */
async function refuseStrippedArguments(
  { args, args_digest: digest, tool_name: tool }: Intent,
): Promise<void> {
  if (args || equalHex(digest, await digestOf({}))) return;
  throw invalidInput(`Cannot execute "${tool}": the run was recorded without its arguments`, {
    hint: "Record it with its arguments: gait run record <input.json> --capture-mode raw",
  });
}

/** The arguments that tools are given, by the names of tools. */
const ARGUMENTS: Readonly<Partial<Record<string, readonly string[]>>> = {
  "echo": ["message"],
  "tool.echo": ["message"],
  "file.write": ["path", "content"],
  "fs.write": ["path", "content"],
  "write_file": ["path", "content"],
  "shell.exec": ["command"],
  "exec": ["command"],
  "command.run": ["command"],
};

async function execute(
  name: string,
  intent: Intent,
  exact: boolean,
  effects: ToolEffects,
): Promise<Executed> {
  const argument = (member: string) => {
    const value = intent.args?.[member];
    if (typeof value !== "string") return "";
    return exact ? value : value.trim();
  };
  const ok = (digest: Digest) => ({ status: "ok", digest });
  const [kind] = ARGUMENTS[name] ?? [];
  switch (kind) {
    case "message":
      return ok(await sha256(utf8(argument("message") || "echo")));
    case "path":
      return ok(await writeFile(argument("path"), argument("content"), effects));
    case "command":
      return await runShell(argument("command"), effects);
    default:
      throw new Error(`unsupported real tool: ${intent.tool_name}`);
  }
}

/** Write a file inside the working folder only: the path comes from a recorded run, not from the user. */
async function writeFile(path: string, content: string, { files }: ToolEffects): Promise<Digest> {
  if (path === "") throw new Error("file.write requires args.path");
  const target = await replayPath(path, files);
  const bytes = utf8(content);
  await files.makeFolder(folderOf(target));
  await files.writeAtomic(target, bytes);
  return await sha256(bytes);
}

/**
 * Run a command. The shell is no login shell: the profile of whoever replays would change what the command does and
 * prints.
 */
async function runShell(command: string, { runChild }: ToolEffects): Promise<Executed> {
  if (command === "") throw new Error("shell.exec requires args.command");
  const ended = await runChild({
    command: "sh",
    args: ["-c", command],
    timeout: SHELL_TIMEOUT,
    outputLimit: SHELL_OUTPUT,
  });
  const outputDigest = await sha256(ended.output);
  const fault = faultOf(ended);
  if (fault === undefined) return { status: "ok", digest: outputDigest, outputDigest };
  return { status: "error", digest: await sha256(utf8(fault)), outputDigest };
}

function faultOf({ code, signal, timedOut }: ChildResult): string | undefined {
  if (timedOut) return "signal: killed";
  if (signal) return `signal: ${SIGNAL_NAMES[signal] ?? signal.replace(/^SIG/, "").toLowerCase()}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

/** Names of signals in error messages (compatibility: the existing program prints these). */
const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGHUP: "hangup",
  SIGQUIT: "quit",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGFPE: "floating point exception",
  SIGILL: "illegal instruction",
  SIGBUS: "bus error",
  SIGALRM: "alarm clock",
  SIGTRAP: "trace/breakpoint trap",
};

/**
 * Paths that a replay never writes, anywhere below the working folder: Gait's trust, configuration, evidence and
 * counters, and git hooks.
 */
const PROTECTED = [
  ...[".gait", ".gait.yaml", ".gait.yml", "gait.yaml", "gait.yml"],
  ...["gait-out", ".gait-out"],
  ".git",
];

/**
 * Check that replaying a recorded call may write to its path (docs/spec/core.md 5.3, step 5). The author of the
 * runpack chose the path, so it is checked after resolving all links, including those of its folders.
 *
 * @throws an error for a path that leads out of the working folder, or to files that Gait itself relies on
 */
export async function replayPath(path: string, files: Pick<Files, "realPath">): Promise<SafePath> {
  if (path.startsWith("/")) throw outside(path);
  const target = insideWorkingFolder(path);
  const root = await files.realPath(".");
  const real = await files.realPath(target);
  const inside = real.startsWith(root === "/" ? "/" : `${root}/`) ? real.slice(root.length) : undefined;
  if (inside === undefined) throw outside(path);
  // Both paths are checked in lower case: a link may hide the name, and the file system may ignore letter case.
  const parts = [...inside.split("/"), ...target.split("/")].map((part) => part.toLowerCase());
  const found = parts.find((part) => PROTECTED.includes(part));
  if (found !== undefined) throw new Error(`file.write refuses to write to "${found}": ${path}`);
  return target;
}

function outside(path: string): Error {
  return new Error(`file.write refuses a path outside the working folder: ${path}`);
}
