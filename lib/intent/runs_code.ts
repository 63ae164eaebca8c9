/*
 * Tools that run whatever they are given: shells, interpreters, remote shells (docs/spec/gate.md 2.3, item 8). What
 * their targets say is no measure of what they do. Names are lower-cased already; a name space (`mcp.shell.bash`,
 * `tools/bash`, `mcp__shell__bash`) changes nothing.
 */

/** Whether a tool runs the code or the command that it is given, by its name. */
export function runsCode(toolName: string): boolean {
  // No tool has such a name, and the work below grows with it.
  if (toolName.length > MAX_NAME) return true;
  const segments = toolName.split(SEGMENT_END).filter((segment) => segment !== "");
  if (PROGRAMS.has(withoutVersion(segments.at(-1) ?? ""))) return true;
  const words = segments.flatMap((segment) => segment.split(WORD_END)).map(withoutVersion);
  return words.some((word) => SHELLS.has(word)) ||
    words.some((word, i) =>
      RUN.has(word) && words.some((what, j) => i !== j && (CODE.has(what) || PROGRAMS.has(what)))
    );
}

const MAX_NAME = 1_000;
const SEGMENT_END = /[./:\\\s]|__/;
const WORD_END = /[_-]/;

/** `python3` is Python. */
function withoutVersion(word: string): string {
  return word.replace(/\d{1,3}$/, "");
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Words that stand for a shell wherever they stand in a name. */
const SHELLS = words(
  "bash sh zsh ksh csh tcsh pwsh powershell shell subshell ssh sshd rsh telnet winrm psexec wsl sudo su doas " +
    "kubectl oc subprocess popen repl ipython osascript applescript xterm tmux codeinterpreter " +
    "codeexecution codeexec bashtool shelltool pythontool runcommand runcode runscript runshell runpython " +
    "executecommand executecode executescript executepython execcommand runterminalcmd evalcode",
);

/** Names that stand for a program that runs code when they are the whole name, e.g. `node`, but not in `get_node`. */
const PROGRAMS = words(
  "eval exec command cmd terminal console interpreter python node nodejs deno bun ruby perl php lua rscript julia " +
    "jupyter npx npm pip make docker podman helm terraform ansible gcloud aws az",
);

/** Words that make an execution of a word for code: `run_script`, `code_execution`, `python.run`. */
const RUN = words(
  "run runner exe exec executor execute execution eval evaluate invoke spawn interpreter tool",
);

/** What is run. */
const CODE = words("code script command commands cmd javascript js typescript expression");
