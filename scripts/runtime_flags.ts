/** With which flags the runtime starts the program: as the executable, and from a checkout. */
import { root } from "./root.ts";

/**
 * Most commands end before V8 could gain anything by compiling their functions. Compiling later saves 2 ms of a
 * verification, on a busy machine 6; a pack of 1,000 intents pays 2 ms for it, recording 20,000 of them 6 %.
 * Bytecode is left as it comes, without a pass that saves registers: a decision saves 1 ms of compiling, and what runs long
 * is compiled further anyway.
 */
const COMPILE_LATE = "--no-sparkplug,--invocation-count-for-maglev=4000,--no-ignition-reo";

/**
 * Young objects get 4 MB from the start: a command that makes more than V8's first half megabyte of them does not stop to
 * collect (3 ms of `demo`). They get 8 MB at most: V8's own 16 MB, of which it keeps three, cost 50 MB of a large import
 * and save it no time.
 */
const YOUNG_OBJECTS = "--min-semi-space-size=4,--max-semi-space-size=8";

/** The flags of the executable: V8 takes no others once it runs, and they are baked in before a command is known. */
export const V8_FLAGS = `--v8-flags=${COMPILE_LATE},${YOUNG_OBJECTS}`;

/**
 * A checkout keeps compiled code, the executable does not (docs/threat_model.md 25). Kept code is whole only if
 * functions are compiled before they are called.
 */
const WHOLE = "--no-lazy";

/** How a checkout runs commands that end, and those that stay: what they have compiled pays only for the latter. */
export type Lifetime = "ends" | "stays";

/** The commands that stay; bin/gait knows them too. */
export const STAYING: readonly string[] = ["gate serve", "gate stream", "mcp gateway", "mcp serve", "ui"];

const CHECKOUT_V8_FLAGS: Readonly<Record<Lifetime, string>> = {
  ends: V8_FLAGS,
  stays: `--v8-flags=${YOUNG_OBJECTS}`,
};

/** The folders in which a checkout keeps the compiled code of its bundle: V8 refuses code of other flags. */
export const RUN_FOLDERS: Readonly<Record<Lifetime, string>> = {
  ends: `${root}.cache/run_dir`,
  stays: `${root}.cache/stay_dir`,
};

/**
 * The command line of bin/gait, without the cost of the launcher; `entry` runs another program. Whoever keeps no compiled
 * code need not compile `whole` files.
 */
export async function checkoutCommand(
  entry = `${root}dist/main.js`,
  lifetime: Lifetime = "ends",
  whole = true,
): Promise<string[]> {
  const flags = [...CHECKOUT_FLAGS, CHECKOUT_V8_FLAGS[lifetime] + (whole ? `,${WHOLE}` : "")];
  return [`${root}.cache/deno`, "run", ...flags, ...permissionFlags(await gaitPermissions()), entry];
}

const CHECKOUT_FLAGS = [
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--cached-only",
];

/** The environment of bin/gait. */
export function checkoutEnvironment(lifetime: Lifetime = "ends"): Record<string, string> {
  return { DENO_DIR: RUN_FOLDERS[lifetime], DENO_NO_UPDATE_CHECK: "1" };
}

const PERMISSIONS = ["read", "write", "env", "run", "net", "sys", "ffi", "import"];

/** A permission set of deno.json as flags; throws on unsupported entries. */
export function permissionFlags(set: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(set).map(([name, value]) => {
    if (!PERMISSIONS.includes(name)) throw new Error(`Cannot bake unknown permission "${name}"`);
    if (value === true) return `--allow-${name}`;
    const names = Array.isArray(value) ? value : [];
    if (names.length === 0 || !names.every((item) => typeof item === "string" && /^[^,\s]+$/.test(item))) {
      throw new Error(`Cannot bake permission "${name}": expected true or a list of names`);
    }
    return `--allow-${name}=${names.join(",")}`;
  });
}

/** The permission set of a build; that of `gait` is also what bin/gait runs with. */
export async function gaitPermissions(build = "gait"): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${root}deno.json`)).permissions[build];
}
