import { withoutInvisible } from "../formats/invisible.ts";

/*
 * Recognises tools that execute arbitrary code: shells, interpreters, remote shells (docs/spec/gate.md 2.3, item 8).
 * Their targets don't limit their effects. Names are already lower-cased; namespaces (`mcp.shell.bash`, `tools/bash`,
 * `mcp__shell__bash`) are ignored.
 */

/** Whether a tool executes arbitrary code or commands, by its name. */
export function runsCode(toolName: string): boolean {
  // Not a real tool name, and the cost below grows with its length.
  if (toolName.length > MAX_NAME) return true;
  const known = answered.get(toolName);
  if (known !== undefined) return known;
  const answer = runsCodeByName(toolName);
  if (answered.size < KEPT && toolName.length <= KEPT_LENGTH) answered.set(toolName, answer);
  return answer;
}

/** Names that were asked about before: an agent calls the same few tools. */
const answered = new Map<string, boolean>();

/** Most names that are kept, and characters of one; whoever calls may name any tool. */
const KEPT = 256;
const KEPT_LENGTH = 64;

function runsCodeByName(toolName: string): boolean {
  const name = seen(toolName);
  // All but letters, digits, `-` and `_` end a segment: `bash@1`, `(bash)` and `bash;x` are Bash. Unicode properties are
  // large tables, which V8 builds when it meets them, so a usual name is spared them.
  const end = ASCII.test(name) ? /[^A-Za-z0-9_-]|__/ : /[^\p{L}\p{N}_-]|__/u;
  const segments = name.split(end).filter((segment) => segment !== "");
  // `python3.11`, `node.js`
  while (segments.length > 1 && /^(?:v?\d{1,9}|js|exe)$/.test(segments.at(-1)!)) segments.pop();
  const last = withoutVersion(segments.at(-1) ?? "");
  if (PROGRAMS.has(last) || ENDS.has(last.split(WORD_END).at(-1)!)) return true;
  const words = segments.flatMap((segment) => segment.split(WORD_END)).map(withoutVersion);
  return words.some((word) => SHELLS.has(word)) ||
    words.some((word, i) =>
      RUN.has(word) && words.some((what, j) => i !== j && (CODE.has(what) || PROGRAMS.has(what)))
    );
}

const MAX_NAME = 1_000;
const ASCII = /^[\x20-\x7e]*$/;
const WORD_END = /[_-]/;

/** Normalise a name as displayed: without invisible characters and full-width letters. */
function seen(name: string): string {
  if (ASCII.test(name)) return name;
  return withoutInvisible(name).normalize("NFKC").toLowerCase();
}

/** `python3` is Python. */
function withoutVersion(word: string): string {
  return word.replace(/\d{1,3}$/, "");
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Words that indicate a shell anywhere in a name. */
const SHELLS = words(
  "bash sh zsh ksh csh tcsh pwsh powershell shell subshell ssh sshd rsh telnet winrm psexec wsl sudo su doas " +
    "kubectl oc subprocess popen repl ipython osascript applescript xterm tmux codeinterpreter " +
    "codeexecution codeexec bashtool shelltool pythontool runcommand runcode runscript runshell runpython " +
    "executecommand executecode executescript executepython execcommand runterminalcmd evalcode",
);

/** Names of programs that run code, only as the whole name: `node`, but not `get_node`. */
const PROGRAMS = words(
  "eval exec command cmd terminal console interpreter python node nodejs deno bun ruby perl php lua rscript julia " +
    "execute busybox fish dash ash nushell xonsh elvish tclsh awk gawk xargs nohup crontab gdb java dotnet " +
    "jupyter npx npm yarn pnpm pip make cmake gradle mvn docker podman helm terraform ansible gcloud aws az",
);

/** Words that indicate execution at the end of a name: `remote_exec`, `process.spawn`. */
const ENDS = words("exec spawn");

/** Words that indicate execution together with a word for code: `run_script`, `code_execution`, `python.run`. */
const RUN = words(
  "run runner exe exec executor execute execution eval evaluate invoke spawn interpreter tool",
);

/** Words for code. */
const CODE = words(
  "code script command commands cmd program programs cell notebook javascript js typescript expression",
);
