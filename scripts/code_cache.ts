/**
 * The compiled code of the bundle, which V8 would otherwise make anew for every command: a quarter of the time of a
 * decision. Whoever can write to this folder can write to dist/ beside it, so neither is less trustworthy. Without it
 * every command still runs, more slowly.
 */
import { DatabaseSync } from "node:sqlite";
import { urlOf } from "./root.ts";
import { checkoutCommand, checkoutEnvironment, type Lifetime, RUN_FOLDERS } from "./runtime_flags.ts";

/** The database of compiled code; the runtime has more databases in the same folder. */
export function codeCacheOf(lifetime: Lifetime): string {
  return `${RUN_FOLDERS[lifetime]}/v8_code_cache_v2`;
}

/**
 * Compile all files of a bundle, for commands that end and for those that stay.
 *
 * @param names their names in dist/
 * @param work folder for a program that loads them
 */
export async function fillCodeCache(names: readonly string[], work: string): Promise<void> {
  // Loading a file only defines things. The entry comes last: it prints the version, gives up reading, and would end
  // the process before the runtime has kept everything.
  const files = [...names.filter((name) => name !== "main.js"), "main.js"].map((name) =>
    urlOf(`dist/${name}`)
  );
  const loader = `${work}/load_all.js`;
  await Deno.writeTextFile(
    loader,
    `Deno.exit = () => {};\nfor (const file of ${JSON.stringify(files)}) await import(file);\n`,
  );
  await Promise.all((["ends", "stays"] as const).map((lifetime) => fill(loader, lifetime)));
}

async function fill(loader: string, lifetime: Lifetime): Promise<void> {
  const folder = RUN_FOLDERS[lifetime];
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const [command, ...args] = await checkoutCommand(loader, lifetime);
  const options = { args, env: checkoutEnvironment(lifetime), stdout: "null", stderr: "null" } as const;
  await new Deno.Command(command!, options).output();
  // The next process to open a new database would write statistics into it.
  await new Deno.Command(command!, options).output();
  await mergeLogs(folder);
}

/** Merge the write-ahead logs, which a process that ends with Deno.exit() leaves behind: reading them costs 1 ms. */
async function mergeLogs(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!/_cache_v\d+$/.test(name)) continue;
    try {
      using database = new DatabaseSync(`${folder}/${name}`, { timeout: 1000 });
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // A command that runs meanwhile uses it. Its log stays, which costs time and nothing else.
    }
  }
}
