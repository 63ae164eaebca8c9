/** The versions that the Python package is for (sdk/python/pyproject.toml). */
export const SUPPORTED = ["3.10", "3.11", "3.12", "3.13"] as const;

/**
 * The interpreter of a version: on the PATH, else among the versions of pyenv, whose shims on the PATH refuse a
 * version that is installed but not selected.
 */
export async function findPython(version: string): Promise<string | undefined> {
  const name = `python${version}`;
  for (const candidate of [name, ...await pyenvVersions(version, name)]) {
    if (await reports(candidate, version)) return candidate;
  }
  return undefined;
}

async function pyenvVersions(version: string, name: string): Promise<string[]> {
  const root = Deno.env.get("PYENV_ROOT") ?? `${Deno.env.get("HOME") ?? ""}/.pyenv`;
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(`${root}/versions`)) {
      if (entry.name.startsWith(`${version}.`)) found.push(`${root}/versions/${entry.name}/bin/${name}`);
    }
  } catch {
    // There is no pyenv.
  }
  return found.sort();
}

async function reports(command: string, version: string): Promise<boolean> {
  const script = "import sys, venv; print('%d.%d' % sys.version_info[:2])";
  try {
    const { success, stdout } = await new Deno.Command(command, {
      args: ["-c", script],
      stdout: "piped",
      stderr: "null",
    }).output();
    return success && new TextDecoder().decode(stdout).trim() === version;
  } catch {
    return false;
  }
}
