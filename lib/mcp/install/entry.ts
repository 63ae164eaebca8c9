import { isLoopback } from "../../serve/address.ts";
import { applyEdits, type JsoncNode, memberOf, plainValue, type TextEdit } from "../../formats/jsonc.ts";

/** How servers are put behind the gateway. */
export interface WrapOptions {
  /** The executable of Gait, absolute. */
  readonly program: string;
  /** Arguments of `gait mcp gateway` for a server, without those that follow from its entry. */
  readonly argumentsOf: (name: string) => readonly string[];
}

/** The variable that carries the credential of a server at an address. */
const TOKEN_VARIABLE = "GAIT_UPSTREAM_TOKEN";

/** An entry with the gateway in front of its server, or why it is left alone; its calls may be decided anyway. */
export type WrappedEntry =
  | { readonly text: string; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly left: string; readonly decided?: true };

/** Whether an entry runs its server behind the gateway. */
export function isWrapped(entry: JsoncNode): boolean {
  const command = memberOf(entry, "command")?.value;
  const args = textsOf(memberOf(entry, "args"));
  return typeof command === "string" && /(?:^|[/\\])gait(?:\.exe)?$/.test(command) && args?.[0] === "mcp" &&
    args[1] === "gateway";
}

/** A part of a path or of the name of a package that is Gait: `gait`, `Gait.exe`, `gait-online`. */
const GAIT = /^gait(?:-online)?(?:\.[a-z0-9]{1,8})?$/i;

/** What may stand in front of the program that is run, with the words of these launchers. */
const LAUNCHERS: ReadonlySet<string> = new Set(
  ("run exec dlx x tool cd npx bunx pnpx uvx pipx yarn pnpm npm bun deno node env sudo sh bash zsh dash fish cmd " +
    "powershell pwsh").split(" "),
);

function isLauncher(word: string): boolean {
  if (isRelativePath(word)) return false;
  const name = (word.split(/[/\\]/).at(-1) ?? "").toLowerCase();
  return LAUNCHERS.has(name.endsWith(".exe") ? name.slice(0, -".exe".length) : name) ||
    // `cmd /c`, `env A=1`
    /^(?:\/[a-z]$|[a-z_][a-z0-9_]*=)/i.test(word);
}

/**
 * Whether an entry runs Gait in front of its server in whatever way: by a path, a package, a shell, or a runtime. The
 * configuration of a project may be somebody else's: `node server.js gait mcp gateway` only mentions Gait.
 */
export function runsGait(entry: JsoncNode): boolean {
  const words = wordsOf(entry);
  const gait = gaitIn(words);
  const [mcp, command = ""] = words.slice(gait + 1);
  return gait >= 0 && mcp === "mcp" && ["gateway", "proxy", "bridge"].includes(command) &&
    words.slice(0, gait).every((word, i) => isLauncher(word) || words[i - 1] === "cd");
}

/** Whether it would be a program in the folder of the configuration, which can be anything of that name. */
function runsFromOwnFolder(entry: JsoncNode): boolean {
  const words = wordsOf(entry);
  const gait = gaitIn(words);
  const path = words[gait] ?? "";
  const isBare = !/[/\\]/.test(path);
  // `node gait` runs a file of that name.
  return isRelativePath(path) || (isBare && words.slice(0, gait).some((word) => RUNTIMES.has(word)));
}

const RUNTIMES: ReadonlySet<string> = new Set(["node", "deno", "bun"]);

function isRelativePath(word: string): boolean {
  return /[/\\]/.test(word) && !/^(?:[/\\~@]|[A-Za-z]:)/.test(word) &&
    !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word);
}

/** The words of an entry's command line without its flags. */
function wordsOf(entry: JsoncNode): string[] {
  const command = memberOf(entry, "command")?.value;
  const args = textsOf(memberOf(entry, "args")) ?? [];
  return [typeof command === "string" ? command : "", ...args]
    .flatMap((text) => text.split(/[\s"';&|()]+/))
    .filter((word) => word !== "" && !word.startsWith("-"));
}

function gaitIn(words: readonly string[]): number {
  return words.findIndex((word) => word.split(/[/\\@]/).some((part) => GAIT.test(part)));
}

/**
 * The text of an entry with the gateway in front of its server. Only command and arguments change, so that comments,
 * variables and everything else stay.
 *
 * @param entry as it was written by the user, not wrapped
 */
export function wrapEntry(
  text: string,
  entry: JsoncNode,
  gateName: string,
  options: WrapOptions,
): WrappedEntry {
  if (entry.kind !== "object") return { left: "it is no object" };
  if (runsGait(entry)) return behindGait(entry, "it runs Gait already");
  const command = memberOf(entry, "command");
  if (command === undefined) return wrapAddress(entry, gateName, options);
  const args = memberOf(entry, "args");
  const given = args === undefined ? [] : textsOf(args);
  if (command.kind !== "string" || command.value === "" || given === undefined) {
    return { left: "its command or arguments are no texts" };
  }
  if (memberOf(entry, "url") !== undefined) return { left: "it has a command and an address" };
  if (memberOf(entry, "envFile") !== undefined) {
    return { left: "envFile: the gateway passes on variables by name; put them into env" };
  }
  const env = memberOf(entry, "env");
  const variables = env?.members?.map(({ name }) => name) ?? [];
  if (variables.some((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) {
    return { left: "a name in env is no variable" };
  }
  const before = [String(command.value), ...given];
  const front = [
    ...options.argumentsOf(gateName),
    ...(variables.length > 0 ? ["--env", variables.join(",")] : []),
    "--",
    String(command.value),
  ];
  const edits: TextEdit[] = [{ ...rangeOf(command), text: JSON.stringify(options.program) }];
  if (args === undefined) {
    edits.push({ start: command.end, end: command.end, text: `, "args": ${listText(front)}` });
  } else edits.push(inFront(text, args, front));
  return { text: editedEntry(text, entry, edits), before, after: [options.program, ...front, ...given] };
}

/** Why an entry that runs Gait is left alone, and whether its calls are surely decided. */
export function behindGait(entry: JsoncNode, why: string): WrappedEntry {
  return runsFromOwnFolder(entry)
    ? { left: `${why}, but from a folder of the project: give its whole path` }
    : { left: why, decided: true };
}

function wrapAddress(entry: JsoncNode, gateName: string, options: WrapOptions): WrappedEntry {
  const { url, type, headers = {}, ...others } = plainValue(entry) as Record<string, unknown>;
  if (typeof url !== "string") return { left: "it has neither a command nor an address" };
  if (type === "sse") return { left: "the transport sse is not relayed" };
  if (!isOnThisMachine(url)) return { left: "its address is not on this machine" };
  const names = Object.keys(headers as object);
  const token = bearerOf(headers);
  if (names.length > (token === undefined ? 0 : 1)) return { left: "its headers can't be passed on" };
  const after = [
    ...options.argumentsOf(gateName),
    "--upstream",
    url,
    ...(token === undefined ? [] : ["--upstream-token-env", TOKEN_VARIABLE]),
  ];
  const wrapped = {
    ...(type === undefined ? {} : { type: "stdio" }),
    command: options.program,
    args: after,
    ...(token === undefined ? {} : { env: { [TOKEN_VARIABLE]: token } }),
    ...others,
  };
  return { text: JSON.stringify(wrapped), before: [url], after: [options.program, ...after] };
}

function isOnThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

/** The token of the only header, when it is `Authorization: Bearer …`. */
function bearerOf(headers: unknown): string | undefined {
  const [[name, value] = ["", ""], ...more] = Object.entries(headers as Record<string, unknown>);
  if (more.length > 0 || name.toLowerCase() !== "authorization" || typeof value !== "string") {
    return undefined;
  }
  return /^Bearer (\S+)$/.exec(value)?.[1];
}

/** What a wrapped entry was before, as far as it says; `undefined` when it does not say. */
export function unwrappedEntry(text: string, entry: JsoncNode): string | undefined {
  const [command, args] = [memberOf(entry, "command"), memberOf(entry, "args")];
  const [program, ...given] = serverOf(entry) ?? [];
  if (command === undefined || args === undefined || program === undefined) return undefined;
  if (!isAddressed(entry)) {
    return editedEntry(text, entry, [
      { ...rangeOf(command), text: JSON.stringify(program) },
      { ...rangeOf(args), text: listText(given) },
    ]);
  }
  const { command: _command, args: _args, env, type, ...others } = plainValue(entry) as Record<
    string,
    unknown
  >;
  const token = (env as Record<string, unknown> | undefined)?.[TOKEN_VARIABLE];
  return JSON.stringify({
    ...(type === undefined ? {} : { type: "http" }),
    url: program,
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
    ...others,
  });
}

/** The command line or address of the server of an entry, behind the gateway or not. */
export function serverOf(entry: JsoncNode): string[] | undefined {
  const given = textsOf(memberOf(entry, "args")) ?? [];
  if (!isWrapped(entry)) {
    const first = memberOf(entry, "command") ?? memberOf(entry, "url");
    return typeof first?.value === "string" ? [first.value, ...given] : undefined;
  }
  const dashes = given.indexOf("--");
  if (dashes >= 0) return given.slice(dashes + 1);
  return isAddressed(entry) ? [given[given.indexOf("--upstream") + 1]!] : undefined;
}

/** Whether a wrapped entry has its server at an address. */
function isAddressed(entry: JsoncNode): boolean {
  const given = textsOf(memberOf(entry, "args")) ?? [];
  return !given.includes("--") && given.indexOf("--upstream") >= 0 && given.at(-1) !== "--upstream";
}

/** Whether a wrapped entry still says what an earlier one said, except for the gateway. */
export function saysTheSame(wrapped: JsoncNode, before: JsoncNode): boolean {
  const rest = (entry: JsoncNode) => {
    const { command: _command, args: _args, url: _url, headers: _headers, type: _type, env, ...others } =
      plainValue(
        entry,
      ) as Record<string, unknown>;
    const variables = { ...env as object } as Record<string, unknown>;
    delete variables[TOKEN_VARIABLE];
    return JSON.stringify([others, variables]);
  };
  return JSON.stringify(serverOf(wrapped)) === JSON.stringify(serverOf(before)) &&
    rest(wrapped) === rest(before);
}

/** Put texts in front of a list, on lines of their own where its items are. */
function inFront(text: string, list: JsoncNode, front: readonly string[]): TextEdit {
  const first = list.items?.[0];
  if (first === undefined) return { ...rangeOf(list), text: listText(front) };
  const before = text.slice(list.start, first.start);
  const line = before.lastIndexOf("\n");
  const indent = before.slice(line + 1);
  const separator = line >= 0 && /^[ \t]*$/.test(indent) ? `,\n${indent}` : ", ";
  return {
    start: first.start,
    end: first.start,
    text: front.map((item) => JSON.stringify(item) + separator).join(""),
  };
}

function editedEntry(text: string, entry: JsoncNode, edits: readonly TextEdit[]): string {
  const moved = edits.map((edit) => ({
    ...edit,
    start: edit.start - entry.start,
    end: edit.end - entry.start,
  }));
  return applyEdits(text.slice(entry.start, entry.end), moved);
}

function rangeOf({ start, end }: JsoncNode) {
  return { start, end };
}

function listText(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}

function textsOf(list: JsoncNode | undefined): string[] | undefined {
  const values = list?.items?.map(({ value }) => value);
  return values?.every((value) => typeof value === "string") ? values as string[] : undefined;
}
