import {
  checkoutCommand,
  checkoutEnvironment,
  gaitPermissions,
  permissionFlags,
  V8_FLAGS,
} from "../scripts/runtime_flags.ts";

/** The command line that runs the bundle as `bin/gait` does, without the cost of the launcher. */
export const bundleCommand = checkoutCommand;

/** That of a command that stays. */
export const stayingCommand = () => checkoutCommand(undefined, "stays");

/** Its environment. */
export const BUNDLE_ENVIRONMENT = { ...checkoutEnvironment(), NO_COLOR: "1" };
export const STAYING_ENVIRONMENT = { ...checkoutEnvironment("stays"), NO_COLOR: "1" };

/** The command line that runs the bundle with the flags of the compiled executable, which keeps no compiled code. */
export async function executableCommand(): Promise<string[]> {
  const [deno, run, ...rest] = (await checkoutCommand()).filter((word) => !/^--(v8|allow)-/.test(word));
  const flags = ["--no-code-cache", V8_FLAGS, ...permissionFlags(await gaitPermissions())];
  return [deno!, run!, ...flags, ...rest];
}
