import { loadAll } from "../../lib/cli/catalog.ts";
import { type CliContext, dispatch } from "../../lib/cli/dispatch.ts";
import type { Flag } from "../../lib/commands/define.ts";
import { TABLE } from "../../lib/commands/table.ts";
import { systemEffects } from "../../lib/effects/mod.ts";

/*
 * A process of its own for special_files_test.ts: gives every command a special file for each of its paths in turn, and
 * prints each call before it is made and how it ended.
 */
const [special = ""] = Deno.args;

const cli: CliContext = {
  hot: [],
  table: () => Promise.resolve(TABLE),
  effects: systemEffects(),
  console: { out: () => {}, err: () => {}, colour: false, colourErrors: false, width: Infinity },
  version: "0.0.0-test",
  narrow: () => {},
};

async function call(args: readonly string[]): Promise<void> {
  console.log(JSON.stringify({ args }));
  const code = await dispatch(args, cli);
  console.log(JSON.stringify({ args, code }));
}

for (const { entry, command } of await loadAll(TABLE)) {
  const words = entry.name.split(" ");
  if (command.positionals.length > 0) {
    await call([...words, ...command.positionals.map(() => special)]);
    await call([...words, ...command.positionals.map(() => `./${special}`), "--json"]);
  }
  for (const [name, { kind }] of Object.entries<Flag>(command.flags)) {
    if (kind === "path" || kind === "paths") {
      await call([...words, `--${name}`, `./${special}`]);
    }
  }
}
