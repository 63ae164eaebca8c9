/** Version of this program; `deno task bundle --version <v>` stamps a release (spec/core.md 3.10). */
export const VERSION = "0.0.0-dev";
