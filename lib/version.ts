/** `deno task bundle --version <v>` replaces the number behind the colon, and only there. */
const STAMP = "gait-version:0.0.0-dev";

/** Version of this program; unstamped builds say `0.0.0-dev` (docs/spec/core.md 3.10). */
export const VERSION: string = STAMP.slice(STAMP.indexOf(":") + 1);

/** `deno task compile` puts facts of the build behind the colon: `<build> <target> <deno> <commit>`. */
const BUILD_STAMP = "gait-build:";

/** Facts of the build, separated by blanks; empty in a checkout. */
export const BUILD: string = BUILD_STAMP.slice(BUILD_STAMP.indexOf(":") + 1);
