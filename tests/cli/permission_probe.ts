/**
 * Runs one command of the table through the real dispatch, with a body that tries every permission instead of doing
 * its work. Prints what happened as JSON. Started by permissions_test.ts with the flags of bin/gait, the name of the
 * command and what it declares.
 */
import { dispatch } from "../../lib/cli/dispatch.ts";
import { type AnyCommand, nameOf } from "../../lib/commands/define.ts";
import { success } from "../../lib/commands/outcome.ts";
import { TABLE } from "../../lib/commands/table.ts";
import { narrowPermissions, realConsole, systemEffects } from "../../lib/effects/mod.ts";

const [name, declared] = Deno.args as [string, string];
const entry = TABLE.find((candidate) => candidate.name === name)!;
const command: Omit<AnyCommand, "run" | "flags"> = JSON.parse(declared);

/** What each permission allows, tried for real. */
const attempts: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.readDirSync(".").next(),
  write: () => Deno.writeTextFileSync("probe.txt", "x"),
  run: () => new Deno.Command("true").outputSync(),
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  env: () => Deno.env.get("GAIT_PROBE"),
  sys: () => Deno.hostname(),
  ffi: () => Deno.dlopen("./none.so", {}),
  outside: () => {
    // Beyond loopback nothing is ever allowed; asked rather than tried, so that no packet can leave.
    const state = Deno.permissions.querySync({ name: "net", host: "192.0.2.1:80" }).state;
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
};

function tryAll(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attempts).map(([permission, attempt]) => {
      try {
        attempt();
        return [permission, "allowed"];
      } catch (error) {
        return [permission, error instanceof Deno.errors.NotCapable ? "denied" : "allowed"];
      }
    }),
  );
}

const probed = {
  ...command,
  flags: {}, // none of them is required to try permissions
  run: () => Promise.resolve(success({ found: tryAll() }, [])),
};
const table = [
  { ...entry, load: () => Promise.resolve({ default: probed }) },
  ...TABLE.filter((e) => e !== entry),
];
const positionals = command.positionals.map(nameOf).filter((name) => name.startsWith("<")).map(() => "x");
const argv = [...name.split(" "), "--json", ...(entry.behindDashes ? ["--"] : []), ...positionals];
const cli = {
  hot: [],
  table: () => Promise.resolve(table),
  effects: systemEffects(),
  console: realConsole(),
  version: "0",
  narrow: narrowPermissions,
};
// Not awaited: in the one file that this becomes, what dispatch imports is defined behind it.
dispatch(argv, cli).then(Deno.exit);
