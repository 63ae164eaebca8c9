import { findPython, SUPPORTED } from "../python/interpreters.ts";
import { PackagesMissing, venv } from "../python/venv.ts";
import { makeWorkFolder, root } from "../root.ts";
import { pythonVersion } from "./library_names.ts";

/** What is copied of sdk/python, besides the licence. */
const PARTS = ["gait", "tests", "README.md", "pyproject.toml"];

/** Files that carry the version of a checkout. */
const VERSIONED = ["pyproject.toml", "gait/__init__.py"];
const UNRELEASED = '"0.0.0.dev0"';

/** The time of every file; before 1980 there is none in a wheel. */
const EPOCH = "315532800";

/**
 * Build wheel and source of the Python package with the pinned build backend.
 *
 * @throws {PackagesMissing} without a Python or the backend
 */
export async function buildPython(version: string, out: string): Promise<void> {
  const python = await anyPython();
  const { bin } = await venv("release", python, ["sdk/python/requirements-build.txt"]);
  const work = await makeWorkFolder("python-package-");
  try {
    for (const part of PARTS) await copy(`${root}sdk/python/${part}`, `${work}/${part}`);
    // A boundary: the backend would otherwise put the .gitignore of the checkout around it among the sources.
    await Deno.mkdir(`${work}/.git`);
    await Deno.copyFile(`${root}LICENSE`, `${work}/LICENSE`);
    for (const file of VERSIONED) {
      const parts = (await Deno.readTextFile(`${work}/${file}`)).split(UNRELEASED);
      if (parts.length !== 2) throw new Error(`sdk/python/${file} does not have ${UNRELEASED} once`);
      await Deno.writeTextFile(`${work}/${file}`, parts.join(`"${pythonVersion(version)}"`));
    }
    const { success, stderr } = await new Deno.Command(`${bin}/python`, {
      args: ["-m", "hatchling", "build", "--directory", await Deno.realPath(out)],
      cwd: work,
      env: { SOURCE_DATE_EPOCH: EPOCH, PYTHONDONTWRITEBYTECODE: "1" },
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot build the Python package:\n${new TextDecoder().decode(stderr)}`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function anyPython(): Promise<string> {
  for (const version of [...SUPPORTED].reverse()) {
    const found = await findPython(version);
    if (found !== undefined) return found;
  }
  throw new PackagesMissing(`none of Python ${SUPPORTED.join(", ")} is here`);
}

/** Copy sources, without what Python and its tools leave beside them. */
async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  await Deno.chmod(to, 0o755);
  for await (const { name } of Deno.readDir(from)) {
    if (!/^(__pycache__|\..*|.*\.pyc)$/.test(name)) await copy(`${from}/${name}`, `${to}/${name}`);
  }
}
