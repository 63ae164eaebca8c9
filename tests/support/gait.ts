import { argv, type ArgvValue } from "./argv.ts";
import { repository } from "./places.ts";

/** What a run of the executable came to. */
export interface GaitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON; throws when it is none. */
  // deno-lint-ignore no-explicit-any -- tests look into results of many shapes
  readonly json: any;
}

/** Runs `bin/gait`, either with arguments or with a line as a user types it: `` gait`keys init --json` ``. */
export interface RunGait {
  (line: TemplateStringsArray, ...values: ArgvValue[]): Promise<GaitResult>;
  (...args: string[]): Promise<GaitResult>;
}

/** A fresh folder with `gait` bound to it. */
export interface Stage {
  readonly folder: string;
  /** Run `bin/gait` in the folder, with its own empty home. */
  readonly gait: RunGait;
  gaitWith(
    options: { env?: Record<string, string>; stdin?: string; cwd?: string },
    ...args: string[]
  ): Promise<GaitResult>;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<string>;
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** All files below the folder, sorted. */
  files(): Promise<string[]>;
}

/** Run a test in a fresh folder that is removed afterwards. */
export async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-test-" });
  const home = await Deno.makeTempDir({ prefix: "gait-home-" });
  const path = (name: string) => `${folder}/${name}`;
  const stage: Stage = {
    folder,
    path,
    gait: (first, ...rest) => stage.gaitWith({}, ...argumentsOf(first, rest)),
    gaitWith: ({ env = {}, stdin, cwd = folder }, ...args) =>
      runGait(args, cwd, { HOME: home, NO_COLOR: "1", ...env }, stdin),
    async write(name, content) {
      await Deno.mkdir(path(name).replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(
        path(name),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    },
    read: (name) => Deno.readTextFile(path(name)),
    bytes: (name) => Deno.readFile(path(name)),
    files: async () => (await filesBelow(folder)).map((file) => file.slice(folder.length + 1)).sort(),
  };
  try {
    await test(stage);
    const left = await filesBelow(home);
    if (left.length > 0) throw new Error(`gait left files in the home folder: ${left.join(", ")}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(home, { recursive: true });
  }
}

function argumentsOf(
  first: TemplateStringsArray | string | undefined,
  rest: readonly ArgvValue[],
): readonly string[] {
  if (first === undefined) return [];
  return typeof first === "string" ? [first, ...rest as readonly string[]] : argv(first, ...rest);
}

async function runGait(
  args: string[],
  cwd: string,
  env: Record<string, string>,
  stdin?: string,
): Promise<GaitResult> {
  const child = new Deno.Command(`${repository}bin/gait`, {
    args,
    cwd,
    env,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
  }
  const output = await child.output();
  const decoder = new TextDecoder();
  const stdout = decoder.decode(output.stdout);
  return {
    code: output.code,
    stdout,
    stderr: decoder.decode(output.stderr),
    get json() {
      return JSON.parse(stdout);
    },
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found;
}
