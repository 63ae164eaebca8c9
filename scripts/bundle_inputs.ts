/**
 * The inputs of the bundle, as a list that bin/gait checks at every start for changes. The launcher can't afford to
 * run another program for this, so the list is a shell script that compares modification times with its own. Times
 * alone are not reliable (checking out another branch and back), so the list also contains a digest: the bundler
 * rebuilds only if it differs, and otherwise updates the time of the list.
 */
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
  "scripts/chunks.ts",
];

/** Sources and their folders at a point in time. */
export interface Inputs {
  readonly files: readonly string[];
  readonly folders: readonly string[];
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
      else if (path.endsWith(".ts") && !path.endsWith("_test.ts")) files.push(path);
    }
  }
  files.sort();
  const digests = await Promise.all(files.map(async (path) => {
    const bytes = await Deno.readFile(root + path).catch(() => new Uint8Array());
    return `${path} ${await sha256(bytes)}\n`;
  }));
  const digest = await sha256(new TextEncoder().encode(digests.join("")));
  return { files, folders: folders.sort(), digest, since };
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
export async function writeInputs(inputs: Inputs): Promise<void> {
  const temporary = `${LIST}.new`;
  await Deno.writeTextFile(temporary, renderInputs(inputs));
  await Deno.utime(temporary, new Date(inputs.since), new Date(inputs.since));
  await Deno.rename(temporary, LIST);
}

/**
 * Render the list. Adding, deleting or renaming a file changes its folder; saving it in place changes only the file.
 */
export function renderInputs({ files, folders, digest }: Omit<Inputs, "since">): string {
  const paths = [...folders, ...files].map((path) => `  ${shellWord(path)} \\\n`).join("");
  return firstLine(digest) +
    `for input in \\\n${paths}; do\n  if [ "$root/$input" -nt "$inputs" ]; then stale=1; fi\ndone\n` +
    'for input in main.ts deno.json dist/main.js; do\n  if [ ! -e "$root/$input" ]; then stale=1; fi\ndone\n';
}

function firstLine(digest: string): string {
  return `# sha256 of all inputs: ${digest}\n`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
