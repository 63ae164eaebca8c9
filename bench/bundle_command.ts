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

/** The bundle as `bin/gait` runs it, without what the launcher itself takes; `entry` stands for another program. */
export async function bundleCommand(entry = `${root}dist/main.js`): Promise<string[]> {
  const permissions = permissionFlags(await gaitPermissions());
  return [`${root}.cache/deno`, "run", ...FLAGS, V8_FLAGS, ...permissions, entry];
}

/** The environment that it runs in. */
export const BUNDLE_ENVIRONMENT = {
  DENO_DIR: `${root}.cache/deno_dir`,
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};
