/** What names a file or folder says so, because paths of Windows are converted and completed by its kind alone. */
import assert from "node:assert/strict";
import { loadAll, placeholderOf } from "../../lib/cli/catalog.ts";
import { type Flag, nameOf } from "../../lib/commands/define.ts";
import { TABLE } from "../../lib/commands/table.ts";

/** Placeholders that show a path. */
const NAMES_PATH = /^(files?|folders?|paths?|run_ids?|pack|source)$|\.(zip|json|yaml|key)$/;

const showsPath = (placeholder: string): boolean =>
  placeholder.split("|").some((part) => NAMES_PATH.test(part));

Deno.test("flags and arguments that show a path are declared with path() or paths()", async () => {
  const undeclared: string[] = [];
  for (const { entry, command } of await loadAll(TABLE)) {
    for (const [name, flag] of Object.entries<Flag>(command.flags)) {
      if (flag.kind === "bool" || flag.kind === "path" || flag.kind === "paths") continue;
      if (showsPath(flag.value)) undeclared.push(`${entry.name} --${name} <${flag.value}>`);
    }
    for (const positional of command.positionals) {
      if (typeof positional === "string" && showsPath(placeholderOf(nameOf(positional)))) {
        undeclared.push(`${entry.name} ${positional}`);
      }
    }
  }
  assert.deepEqual(undeclared, []);
});
