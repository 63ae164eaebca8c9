import { makeWorkFolder, root } from "../root.ts";
import type { Counts } from "../test_counts.ts";
import { PYCACHE, type Venv } from "./venv.ts";

/** Run pytest over some folders, show what it prints, and count. */
export async function pytest(
  { bin }: Venv,
  paths: readonly string[],
  options: readonly string[] = [],
): Promise<Counts> {
  const work = await makeWorkFolder("pytest-");
  const report = `${work}/report.xml`;
  try {
    const { success } = await new Deno.Command(`${bin}/pytest`, {
      args: [
        ...[
          "-c",
          `${root}sdk/python/pyproject.toml`,
          "--rootdir",
          `${root}sdk/python`,
          "-q",
          "-p",
          "no:cacheprovider",
        ],
        ...["--basetemp", `${work}/tmp`, `--junitxml=${report}`],
        ...options,
        ...paths.map((path) => root + path),
      ],
      cwd: root,
      env: {
        GAIT_BIN: `${root}bin/gait`,
        PYTHONPYCACHEPREFIX: PYCACHE,
        // A machine may be set to keep nothing that is compiled: then each process compiles its whole framework anew.
        PYTHONDONTWRITEBYTECODE: "",
        TMPDIR: work,
      },
      stdin: "null",
    }).spawn().status;
    return countJunit(await Deno.readTextFile(report).catch(() => ""), success);
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

/** Read the totals of a JUnit report. A run that ended badly, or ran nothing, has failed. */
export function countJunit(report: string, success: boolean): Counts {
  const suite = /<testsuite\b[^>]*>/.exec(report)?.[0] ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const skipped = count("skipped");
  const broken = count("failures") + count("errors");
  const passed = Math.max(0, count("tests") - broken - skipped);
  const failed = Math.max(broken, success && passed + skipped > 0 ? 0 : 1);
  return { passed, failed, skipped };
}
