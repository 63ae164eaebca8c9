/** The real frameworks for Node, pinned by tests/integrations/node/package.json, with the tests beside them. */
import { root } from "./root.ts";

/** The folder that the tests run in. */
export const FRAMEWORKS_PLACE = `${root}.cache/node_frameworks`;

const TESTS = `${root}tests/integrations/node`;

/** Runtimes from npm: the package, and the words behind its program that start the test runner. */
export const RUNTIMES: readonly (readonly [name: string, spec: string, ...runner: string[]])[] = [
  ["Node 20", "node@20", "--test"],
  ["Node 22", "node@22", "--test"],
  ["Bun", "bun@1.3", "test", "--timeout", "60000"],
];

/** Put the tests there, and install what they drive; whether npm could. */
export async function installFrameworks(): Promise<boolean> {
  await Deno.mkdir(`${FRAMEWORKS_PLACE}/models`, { recursive: true });
  for (const folder of ["", "/models"]) {
    for await (const { name, isFile } of Deno.readDir(TESTS + folder)) {
      if (isFile) await Deno.copyFile(`${TESTS}${folder}/${name}`, `${FRAMEWORKS_PLACE}${folder}/${name}`);
    }
  }
  return (await runThere(["npm", "install", "--no-audit", "--no-fund"])).code === 0;
}

/** The program of a runtime, which npx installs; `undefined` when it can't be had. */
export async function installRuntime(spec: string): Promise<string | undefined> {
  const { code, text } = await runThere(["npx", "-y", spec, "-e", "console.log(process.execPath)"]);
  return code === 0 ? text.trim().split("\n").at(-1) : undefined;
}

/** Run a program in the folder. */
export async function runThere(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; text: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd: FRAMEWORKS_PLACE,
      env: { ...env, npm_config_cache: `${root}.cache/npm`, npm_config_update_notifier: "false" },
    }).output();
    return { code, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
  } catch (error) {
    return { code: 127, text: String(error) };
  }
}
