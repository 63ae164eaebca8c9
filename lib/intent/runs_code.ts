import { asSeen } from "../formats/invisible.ts";
import { lower } from "../formats/text.ts";
import { wordSplitter } from "./joined_words.ts";

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
  const name = lower(asSeen(toolName));
  // All but letters, digits, `-` and `_` end a segment: `bash@1`, `(bash)` and `bash;x` are Bash. Unicode properties are
  // large tables, which V8 builds when it meets them, so a usual name is spared them.
  const end = ASCII.test(name) ? /[^A-Za-z0-9_-]|__/ : /[^\p{L}\p{N}_-]|__/u;
  const segments = name.split(end).filter((segment) => segment !== "");
  // `python3.11`, `node.js`
  while (segments.length > 1 && /^(?:v?\d{1,9}|js|exe)$/.test(segments.at(-1)!)) segments.pop();
  const last = withoutVersion(segments.at(-1) ?? "");
  if (PROGRAMS.has(last) || ENDS.has(wordsOf(last).at(-1)!)) return true;
  const words = segments.flatMap(wordsOf);
  return words.some((word) => SHELLS.has(word)) ||
    PAIRS.some(([left, right]) =>
      words.some((word, i) => left.has(word) && words.some((other, j) => i !== j && right.has(other)))
    );
}

/** The words of a segment; `runinterminal` has three. */
function wordsOf(segment: string): string[] {
  return segment.split(WORD_END).map(withoutVersion).flatMap(splitJoined);
}

const MAX_NAME = 1_000;
const ASCII = /^[\x20-\x7e]*$/;
const WORD_END = /[_-]/;

/** `python3` is Python. */
function withoutVersion(word: string): string {
  return word.replace(/\d{1,3}$/, "");
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Words that indicate a shell anywhere in a name. */
const SHELLS = words(
  "bash sh zsh ksh csh tcsh pwsh powershell shell subshell ssh sshd rsh telnet winrm psexec wsl sudo su doas runas " +
    "kubectl oc subprocess popen repl ipython osascript applescript xterm tmux",
);

/** Names of programs that run code, only as the whole name: `node`, but not `get_node`. */
const PROGRAMS = words(
  "eval exec command cmd terminal console interpreter python node nodejs deno bun ruby perl php lua rscript julia " +
    "execute busybox fish dash ash nushell xonsh elvish tclsh awk gawk xargs nohup crontab gdb java dotnet " +
    "jupyter npx npm yarn pnpm pip make cmake gradle mvn docker podman helm terraform ansible gcloud aws az " +
    "cscript wscript mshta rundll regsvr nsenter chroot setsid uv uvx bunx pipx tsx groovy",
);

/** Words that indicate execution at the end of a name: `remote_exec`, `process.spawn`. */
const ENDS = words("exec spawn execv execve execvp");

/** Words that indicate execution together with a word for code: `run_script`, `code_execution`, `python.run`. */
const RUN = words(
  "run runner exe exec executor execute execution eval evaluate invoke spawn interpreter tool",
);

/** Words for code. */
const CODE = words(
  "code script command commands cmd program programs binary cell notebook javascript js typescript " +
    "vbscript kotlin expression",
);

/** Words that indicate execution only together, in any order. */
const PAIRS: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = [
  [RUN, CODE],
  [RUN, PROGRAMS],
  [words("start launch spawn run exec execute child interact"), words("process")],
  [words("start launch open send input keys"), words("terminal")],
  [words("send write"), words("stdin")],
  // Scripts in a page act with the rights of whoever is signed in there.
  [words("eval evaluate"), words("browser page puppeteer playwright")],
  [words("exec execute run spawn"), words("sync pod container sandbox")],
  [words("call use cli"), words("aws gcloud az")],
  [words("send"), words("command commands")],
  [words("os"), words("system")],
];

/** What stands between such words in a name without borders. */
const BETWEEN = words("in on the with and for remote local sync async background line file");

/** Words that a name without borders is split into. The shortest are left out: many words end in `sh`. */
const splitJoined = wordSplitter(
  new Set(
    [SHELLS, PROGRAMS, ENDS, BETWEEN, ...PAIRS.flat()].flatMap((all) => [...all])
      .filter((word) => word.length > 2 || BETWEEN.has(word) || CODE.has(word)),
  ),
);
