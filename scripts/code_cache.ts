/**
 * The compiled code of the bundle, which V8 would otherwise make anew for every command: a quarter of the time of a
 * decision. Whoever can write to this folder can write to dist/ beside it, so neither is less trustworthy. Without it
 * every command still runs, more slowly.
 */
import { DatabaseSync } from "node:sqlite";
import { urlOf } from "./root.ts";
import { CHECKOUT_ENVIRONMENT, checkoutCommand, RUN_FOLDER } from "./runtime_flags.ts";

/** The database of compiled code; the runtime has more databases in the same folder. */
export const CODE_CACHE = `${RUN_FOLDER}/v8_code_cache_v2`;

/**
 * Compile all files of a bundle.
 *
 * @param names their names in dist/
 * @param work folder for a program that loads them
 */
export async function fillCodeCache(names: readonly string[], work: string): Promise<void> {
  await Deno.remove(RUN_FOLDER, { recursive: true }).catch(() => {});
  await Deno.mkdir(RUN_FOLDER, { recursive: true });
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
  const [command, ...args] = await checkoutCommand(loader);
  const options = { args, env: CHECKOUT_ENVIRONMENT, stdout: "null", stderr: "null" } as const;
  await new Deno.Command(command!, options).output();
  // The next process to open a new database would write statistics into it.
  await new Deno.Command(command!, options).output();
  await mergeLogs();
}

/** Merge the write-ahead logs, which a process that ends with Deno.exit() leaves behind: reading them costs 1 ms. */
async function mergeLogs(): Promise<void> {
  for await (const { name } of Deno.readDir(RUN_FOLDER)) {
    if (!/_cache_v\d+$/.test(name)) continue;
    try {
      using database = new DatabaseSync(`${RUN_FOLDER}/${name}`, { timeout: 1000 });
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // A command that runs meanwhile uses it. Its log stays, which costs time and nothing else.
    }
  }
}
