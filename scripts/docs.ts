/**
 * `deno task docs`: write docs/cli.md from the command table. With `--check`, only compare and exit 1 when the
 * file is stale.
 */
import { withBuiltins } from "../lib/cli/builtins.ts";
import { loadAll } from "../lib/cli/catalog.ts";
import { cliReference } from "../lib/cli/reference.ts";
import { TABLE } from "../lib/commands/table.ts";

/** Where the page stands. */
export const PAGE = new URL("../docs/cli.md", import.meta.url);

/** What the page should say. */
export async function renderPage(): Promise<string> {
  return cliReference(await loadAll(withBuiltins(TABLE)));
}

if (import.meta.main) {
  const wanted = await renderPage();
  if (Deno.args.includes("--check")) {
    const stale = await Deno.readTextFile(PAGE).catch(() => "") !== wanted;
    // deno-lint-ignore no-console -- a task speaks to its terminal
    if (stale) console.error("docs/cli.md is stale: deno task docs");
    Deno.exit(stale ? 1 : 0);
  }
  await Deno.writeTextFile(PAGE, wanted);
}
