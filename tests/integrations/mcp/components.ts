import { pythonPackages } from "../../support/python_packages.ts";
import { repository } from "../../support/places.ts";
import { withoutProgram } from "../../support/test_unless.ts";

/*
 * The real components, pinned: npm packages by components.json and components-lock.json of this folder, Python
 * packages by the list below. They are installed below .cache, once; where that can't be done, the tests say so and skip.
 */

/** Packages of a language. */
export interface Components {
  readonly folder: string;
  /** Why they can't be had. */
  readonly missing: string | undefined;
}

/**
 * Their names here and where npm expects them: under their usual names they would make this folder a project of its own
 * for Deno, without the settings of this one.
 */
const PINNED = { "components.json": "package.json", "components-lock.json": "package-lock.json" } as const;

/** The npm packages. */
export async function npmComponents(): Promise<Components> {
  const folder = `${repository}.cache/mcp/npm`;
  const missing = withoutProgram("npm", "node");
  if (missing !== undefined) return { folder, missing };
  const wanted = (await Promise.all(
    Object.keys(PINNED).map((name) => Deno.readTextFile(new URL(name, import.meta.url))),
  )).join("");
  const done = `${folder}/.installed`;
  if (await Deno.readTextFile(done).catch(() => "") === wanted) {
    return { folder, missing: undefined };
  }
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, installed] of Object.entries(PINNED)) {
    await Deno.copyFile(new URL(name, import.meta.url), `${folder}/${installed}`);
  }
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "ci",
      "--omit-lockfile-registry-resolved",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ],
    cwd: folder,
    env: { npm_config_cache: `${repository}.cache/npm` },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    const [line = ""] = new TextDecoder().decode(stderr).trim().split("\n");
    return { folder, missing: `npm can't install the components: ${line}` };
  }
  await Deno.writeTextFile(done, wanted);
  return { folder, missing: undefined };
}

/** The Python packages. */
export async function pythonComponents(): Promise<Components> {
  return await pythonPackages("mcp", [
    "mcp==2.3.0",
    "mcp-server-git==2026.10.19",
    "mcp-server-time==2026.10.19",
  ]);
}
