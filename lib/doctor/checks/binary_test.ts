import assert from "node:assert/strict";
import type { ChildRequest, ChildResult } from "../../effects/types.ts";
import { utf8 } from "../../formats/bytes.ts";
import { endedChild, type FakeEffects, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { doctorContext } from "../diagnose.ts";
import { BINARY } from "./binary.ts";

const ANSWER = endedChild("gait 1.3.6\nmore\n");

/** Look from a runtime whose name is not gait. */
async function look(
  programs: readonly string[],
  { path = "/usr/bin", mode = 0o755, answer = ANSWER, ...parts }: {
    path?: string;
    mode?: number;
    answer?: ChildResult;
    executable?: () => string;
  } = {},
) {
  const files = memoryFiles(Object.fromEntries(programs.map((program) => [program, "x"])));
  for (const program of programs) await files.setMode(program, mode);
  const started: ChildRequest[] = [];
  const effects: FakeEffects = fakeEffects({
    files,
    env: { PATH: path, HOME: "/home/me", GAIT_ADOPTION_LOG: "log", SECRET: "s" },
    executable: () => "/opt/deno",
    runChild: (request) => Promise.resolve((started.push(request), answer)),
    ...parts,
  });
  const context = doctorContext({
    workdir: "/work",
    outputDir: "out",
    keyMode: "",
    privateKey: undefined,
    privateKeyEnv: undefined,
    publicKey: undefined,
    publicKeyEnv: undefined,
    version: "2.0.0",
    commands: () => Promise.resolve([]),
  }, effects);
  return { finding: await BINARY.look(context), started };
}

Deno.test("onboarding_binary starts a gait of PATH for 5 seconds at most, without the variables of this call", async () => {
  const { finding, started } = await look(["/usr/bin/gait", "/work/gait"]);
  assert.deepEqual([finding.status, finding.facts], ["pass", {
    binary_path: "/usr/bin/gait",
    binary_path_source: "path",
    binary_version: "gait 1.3.6",
  }]);
  const [{ command, args, timeout, env }] = started as [ChildRequest];
  assert.deepEqual([command, args, timeout], ["/usr/bin/gait", ["version"], 5000]);
  assert.deepEqual(env, { PATH: "/usr/bin", HOME: "/home/me" });
});

Deno.test("onboarding_binary starts nothing that belongs to the working folder, and nothing by a relative PATH", async () => {
  for (
    const [programs, path, source] of [
      [["/work/gait"], "/usr/bin", "workdir"],
      [["/work/gait.exe"], "/usr/bin", "workdir"],
      [["/work/bin/gait"], "/work/bin", "path"],
      [["/work/bin/gait"], "/work/./bin/", "path"],
      [["bin/gait"], "bin:.:", undefined],
      [[], "", undefined],
    ] as const
  ) {
    const { finding, started } = await look(programs, { path });
    assert.deepEqual([finding.status, started, finding.facts?.binary_path_source], ["warn", [], source]);
  }
});

Deno.test("onboarding_binary warns about a gait that is none, that hangs, or that may not be executed", async () => {
  for (
    const answer of [
      { ...ANSWER, code: 1 },
      { ...ANSWER, timedOut: true },
      { ...ANSWER, stdout: utf8("other 1.0\n") },
    ]
  ) {
    assert.equal((await look(["/usr/bin/gait"], { answer })).finding.status, "warn");
  }
  const { finding, started } = await look(["/usr/bin/gait"], { mode: 0o644 });
  assert.deepEqual([finding.status, finding.fix?.argv, started], [
    "warn",
    ["chmod", "+x", "/usr/bin/gait"],
    [],
  ]);
});

Deno.test("onboarding_binary does not start the running program, and reports another one in PATH", async () => {
  const { finding, started } = await look(["/opt/gait", "/usr/bin/gait"], { executable: () => "/opt/gait" });
  assert.deepEqual([finding.status, started, finding.facts], ["pass", [], {
    binary_path: "/opt/gait",
    binary_path_source: "invoked_executable",
    path_binary_path: "/usr/bin/gait",
    binary_version: "gait 2.0.0",
  }]);
});
