/**
 * The inputs of the bundle, as a list that bin/gait checks at every start for changes. The launcher can't afford to
 * run another program for this, so the list is a shell script that compares modification times with its own. Nor can
 * it afford to compare a thousand files (5 ms) before a hot command: only the modules that this command can run are
 * compared then. Times alone are not reliable (checking out another branch and back), so the list also contains a
 * digest: the bundler rebuilds only if it differs, and otherwise updates the time of the list.
 */
import type { HotEntry } from "../lib/commands/hot.ts";
import { shellWord } from "../lib/formats/shell.ts";
import { root } from "./root.ts";

const LIST = `${root}dist/.inputs.sh`;

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

/** What one command runs of the sources. */
export interface CommandInputs extends Pick<HotEntry, "name" | "subcommands"> {
  readonly files: readonly string[];
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
    Deno.readTextFile(LIST).catch(() => ""),
    Deno.stat(`${root}dist/main.js`).catch(() => undefined),
  ]);
  return entry !== undefined && list.startsWith(firstLine(digest));
}

/** Record for the launcher that dist/ was built from these inputs. */
export async function writeInputs(inputs: Inputs, hot: readonly CommandInputs[]): Promise<void> {
  const temporary = `${LIST}.new`;
  await Deno.writeTextFile(temporary, renderInputs(inputs, hot));
  await Deno.utime(temporary, new Date(inputs.since), new Date(inputs.since));
  await Deno.rename(temporary, LIST);
}

/** Record for the launcher that dist/ was built from these inputs, which are the ones that the list has. */
export async function renewInputs({ since }: Inputs): Promise<void> {
  await Deno.utime(LIST, new Date(since), new Date(since));
}

/**
 * Render the list. Deleting or replacing a file changes its folder; saving it in place changes only the file. A new
 * file matters once a file that is listed imports it.
 */
export function renderInputs(
  { files, digest }: Pick<Inputs, "files" | "digest">,
  hot: readonly CommandInputs[],
): string {
  // The shell reads the lists before the one that it needs, so short ones come first.
  const shortestFirst = hot.toSorted((a, b) => a.files.length - b.files.length);
  return firstLine(digest) + COMPARE + shortestFirst.map(renderCommand).join("") +
    `compare${renderPaths(files)}\n`;
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

/** In the same way as `findHot()` (lib/commands/hot.ts) finds a command, or else as any other. */
function renderCommand({ name, subcommands, files }: CommandInputs): string {
  const words = name.split(" ");
  const next = `"\${${words.length + 1}-}"`;
  const tests = words.map((word, i) => `[ "\${${i + 1}-}" = ${shellWord(word)} ]`);
  for (const word of subcommands) tests.push(`[ ${next} != ${shellWord(word)} ]`);
  const paths = renderPaths([...new Set([...FILES, ...files])].sort());
  return `if ${tests.join(" && ")}; then\n  compare${paths}\n  return\nfi\n`;
}

function renderPaths(files: readonly string[]): string {
  const folders = new Set(
    files.filter((path) => path.includes("/")).map((path) => path.replace(/\/[^/]*$/, "")),
  );
  return [...folders, ...files].map((path) => ` \\\n    ${shellWord(path)}`).join("");
}

function firstLine(digest: string): string {
  return `# sha256 of all inputs: ${digest}\n`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
