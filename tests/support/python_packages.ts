import { PIP, uv } from "../../scripts/python/uv.ts";
import { argv } from "./argv.ts";
import { repository } from "./places.ts";
import { withoutProgram } from "./test_unless.ts";

/** The folder of the packages, or why they are not available. */
export interface PythonPackages {
  /** For PYTHONPATH. */
  readonly folder: string;
  readonly missing: string | undefined;
}

/**
 * Install Python packages into a folder of their own below .cache, once.
 */
export async function pythonPackages(
  name: string,
  requirements: readonly string[],
): Promise<PythonPackages> {
  const folder = `${repository}.cache/python/${name}`;
  const done = `${folder}/.installed`;
  const wanted = requirements.join("\n");
  if (await Deno.readTextFile(done).catch(() => "") === wanted) {
    return { folder, missing: undefined };
  }
  const missing = withoutProgram("python3");
  if (missing !== undefined) return { folder, missing };
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const python = await interpreter();
  if (!await uv(python, ["pip", "install", "--python", python, "--target", folder, ...requirements])) {
    const { success, stderr } = await new Deno.Command(python, {
      args: argv`-m pip install --quiet --no-compile --target ${folder} ${requirements}`,
      env: PIP,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) {
      return { folder, missing: `pip can't install ${requirements.join(", ")}: ${lastLine(stderr)}` };
    }
  }
  await Deno.writeTextFile(done, wanted);
  return { folder, missing: undefined };
}

/** What runs as `python3`: uv installs for a program, where a name may stand for one of several. */
async function interpreter(): Promise<string> {
  const args = ["-c", "import sys; print(sys.executable)"];
  return lastLine((await new Deno.Command("python3", { args, stderr: "null" }).output()).stdout);
}

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "";
}

/** Run a script with these packages over a JSON input, and read its JSON output. */
export async function runPython(packages: string, script: string, input: unknown): Promise<unknown> {
  const child = new Deno.Command("python3", {
    args: ["-c", script],
    env: { PYTHONPATH: packages },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(JSON.stringify(input))).then(() => writer.close());
  const [{ stdout, stderr, success }] = await Promise.all([child.output(), fed]);
  if (!success) throw new Error(`the Python script failed:\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
