/**
 * The inputs of the bundle, as a list that bin/gait checks at every start for changes. The launcher can't afford to
 * run another program for this, so the list is a shell script that compares modification times with its own. Nor can
 * it afford to compare a thousand files (8 ms) before every command: each has a list of the modules that it can run
 * (scripts/command_inputs.ts), and any other line compares all. Times alone are not reliable (checking out another
 * branch and back), so the list also contains a digest: the bundler rebuilds only if it differs, and otherwise updates
 * the time of the list.
 */
import type { CommandInputs } from "./command_inputs.ts";
import { shellWord } from "../lib/formats/shell.ts";
import { root } from "./root.ts";

const LIST = ".inputs.sh";

/** The lists of commands. */
const LISTS = ".inputs";

/**
 * File times may lag by a clock tick, and some shells compare whole seconds. Files modified within this time before
 * the build count as changed.
 */
const SLACK_MS = 1000;

/** Inputs outside of lib/. */
const FILES = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "scripts/bundle.ts",
  "scripts/bundle_inputs.ts",
  "scripts/bundle_page.ts",
  "scripts/bundle_ui.ts",
  "scripts/bundler.ts",
  "scripts/called_functions.ts",
  "scripts/chunks.ts",
  "scripts/code_cache.ts",
  "scripts/command_inputs.ts",
  "scripts/eager_functions.ts",
  "scripts/runtime_flags.ts",
  "scripts/setup.ts",
];

/** Sources at a point in time. */
export interface Inputs {
  readonly files: readonly string[];
  readonly digest: string;
  /** Later changes may be missing. */
  readonly since: number;
}

/** Read the inputs of a bundle. */
export async function readInputs(): Promise<Inputs> {
  const since = Date.now() - SLACK_MS;
  const [files, folders] = [[...FILES], ["lib"]];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) folders.push(path);
      else if (/\.[jt]s$/.test(path) && !path.endsWith("_test.ts")) files.push(path);
    }
  }
  files.sort();
  const digests = await Promise.all(files.map(async (path) => {
    const bytes = await Deno.readFile(root + path).catch(() => new Uint8Array());
    return `${path} ${await sha256(bytes)}\n`;
  }));
  const digest = await sha256(new TextEncoder().encode(digests.join("")));
  return { files, digest, since };
}

/** Whether dist/ was built from these inputs. */
export async function isBuiltFrom({ digest }: Inputs): Promise<boolean> {
  const [list, entry] = await Promise.all([
    Deno.readTextFile(`${root}dist/${LIST}`).catch(() => ""),
    Deno.stat(`${root}dist/main.js`).catch(() => undefined),
  ]);
  return entry !== undefined && list.startsWith(firstLine(digest));
}

/** Record for the launcher that dist/ was built from these inputs. */
export async function writeInputs(inputs: Inputs, commands: readonly CommandInputs[]): Promise<void> {
  await Deno.mkdir(`${root}dist/${LISTS}`, { recursive: true });
  for (const [name, text] of renderInputs(inputs, commands)) {
    const [path, temporary] = [`${root}dist/${name}`, `${root}dist/${LIST}.new`];
    await Deno.writeTextFile(temporary, text);
    if (name === LIST) await setTime(temporary, inputs);
    await Deno.rename(temporary, path);
  }
}

/** Record for the launcher that dist/ was built from these inputs, which are the ones that the list has. */
export async function renewInputs(inputs: Inputs): Promise<void> {
  await setTime(`${root}dist/${LIST}`, inputs);
}

async function setTime(path: string, { since }: Inputs): Promise<void> {
  await Deno.utime(path, new Date(since), new Date(since));
}

/**
 * Render the lists: files below dist/, the one whose time counts last, so that a list of a command is never older.
 * Deleting or replacing a file changes its folder; saving it in place changes only the file. A new file matters once a
 * file that is listed imports it.
 */
export function renderInputs(
  { files, digest }: Pick<Inputs, "files" | "digest">,
  commands: readonly CommandInputs[],
): ReadonlyMap<string, string> {
  const lists = commands.map((command) =>
    [listOf(command), renderList([...FILES, ...command.files])] as const
  );
  const all = firstLine(digest) + COMPARE + commands.map(renderCommand).join("") + renderList(files);
  return new Map([...lists, [LIST, all]]);
}

function listOf({ name }: CommandInputs): string {
  return `${LISTS}/${name.replaceAll(" ", "_")}.sh`;
}

const COMPARE = `compare() {
  for input in main.ts deno.json dist/main.js; do
    if [ ! -e "$root/$input" ]; then stale=1; fi
  done
  for input; do
    if [ "$root/$input" -nt "$inputs" ]; then stale=1; fi
  done
}
`;

/** A line that is the command's, as the program sees it; without its list all is compared, as before any other line. */
function renderCommand(command: CommandInputs): string {
  const words = command.name.split(" ");
  const next = `"\${${words.length + 1}-}"`;
  const tests = words.map((word, i) => `[ "\${${i + 1}-}" = ${shellWord(word)} ]`);
  for (const word of command.subcommands) tests.push(`[ ${next} != ${shellWord(word)} ]`);
  const list = `"$root/dist/${listOf(command)}"`;
  return `if ${tests.join(" && ")} && [ -e ${list} ]; then . ${list}; return; fi\n`;
}

function renderList(files: readonly string[]): string {
  const paths = [...new Set(files)].sort();
  const folders = new Set(
    paths.filter((path) => path.includes("/")).map((path) => path.replace(/\/[^/]*$/, "")),
  );
  return `compare${[...folders, ...paths].map((path) => ` \\\n  ${shellWord(path)}`).join("")}\n`;
}

function firstLine(digest: string): string {
  return `# sha256 of all inputs: ${digest}\n`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
