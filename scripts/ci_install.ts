/**
 * `.ci/run` installs here what the suites drive, several things side by side, so that no suite waits for it or finds a
 * half of it, and makes the bundle meanwhile. What can't be had is said, and its suite skips.
 */
import { npmComponents, pythonComponents } from "../tests/integrations/mcp/components.ts";
import { bundle } from "./bundle.ts";
import { installFrameworks, installRuntime, RUNTIMES } from "./node_frameworks.ts";
import { installCompiler } from "./npm.ts";
import { SUPPORTED } from "./python/interpreters.ts";
import { frameworksPlace, sdkPlace, typesPlace } from "./python/places.ts";
import { messageOf } from "../lib/errors/mod.ts";

/** Most of the time goes into unpacking, which one core does for each. */
const SIDE_BY_SIDE = 3;

/** What is installed, the largest first; a bundle that can't be made fails the suites, which make it again. */
const INSTALLS: readonly (readonly [what: string, install: () => Promise<unknown>])[] = [
  ["the bundle", () => bundle(undefined, true)],
  ["the Python frameworks", () => frameworksPlace("frameworks")],
  ["CrewAI", () => frameworksPlace("crewai")],
  ["the Node frameworks", async () => {
    if (!await installFrameworks()) throw new Error("npm can't install them");
  }],
  ["MCP's npm packages", () => present(npmComponents())],
  ["MCP's Python packages", () => present(pythonComponents())],
  ["mypy", typesPlace],
  ...SUPPORTED.map((version) => [`pytest for Python ${version}`, () => sdkPlace(version)] as const),
  ["TypeScript", installCompiler],
  ["the runtimes", async () => {
    for (const [name, spec] of RUNTIMES) {
      if (await installRuntime(spec) === undefined) throw new Error(`${name} can't be had`);
    }
  }],
];

async function present(components: Promise<{ readonly missing: string | undefined }>): Promise<void> {
  const { missing } = await components;
  if (missing !== undefined) throw new Error(missing);
}

if (import.meta.main) {
  const left = INSTALLS.values();
  const work = async () => {
    for (const [what, install] of left) {
      await install().catch((error) => console.log(`not installed: ${what}: ${messageOf(error)}`));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
}
