import { gaitPermissions, permissionFlags, V8_FLAGS } from "../scripts/compile.ts";
import { root } from "../scripts/root.ts";

/** Flags of the launcher, bin/gait. */
const FLAGS = [
  "--quiet",
  "--no-prompt",
  "--no-code-cache",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--cached-only",
];

/**
 * The command line that runs the bundle as `bin/gait` does, without the cost of the launcher; `entry` runs another
 * program.
 */
export async function bundleCommand(entry = `${root}dist/main.js`): Promise<string[]> {
  const permissions = permissionFlags(await gaitPermissions());
  return [`${root}.cache/deno`, "run", ...FLAGS, V8_FLAGS, ...permissions, entry];
}

/** Its environment. */
export const BUNDLE_ENVIRONMENT = {
  DENO_DIR: `${root}.cache/deno_dir`,
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};
