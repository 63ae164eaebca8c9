import { BUILD } from "../version.ts";
import { bool, defineCommand } from "./define.ts";
import { success } from "./outcome.ts";
import { columns, dim, line } from "./text.ts";

/** `gait version` (docs/spec/core.md 3.10). */
export default defineCommand({
  explain: "Prints the version of this program; with --permissions also what the program may do at most.",
  flags: { permissions: bool("ask the runtime which permissions this program was started with") },
  // All, to be asked for; without --permissions they are dropped at once.
  needs: { read: true, write: true, run: true, net: true, env: true },
  examples: ["gait version --json", "gait version --permissions"],
  async run({ flags, version, effects, narrow }) {
    const facts = { version, ...buildFacts() };
    const first = line(`gait ${version}`);
    if (!flags.permissions) {
      narrow({});
      return success(facts, [first]);
    }
    const { describePermissions } = await import("./permission_facts.ts");
    const permissions = await describePermissions(effects);
    return success({ ...facts, permissions }, [
      first,
      ...columns(Object.entries(permissions).map(([name, state]) => [`  ${name}`, dim(state)])),
    ]);
  },
});

/** What a compiled executable knows of its making; nothing in a checkout. */
function buildFacts() {
  const [build, target, deno, commit] = BUILD.split(" ");
  if (build === undefined || target === undefined || deno === undefined) return {};
  return { build, target, deno_version: deno, ...commit === undefined ? {} : { commit } };
}
