import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

/*
 * A named pipe that nobody writes to, a device or a folder in the place of a file: opened, the first would keep a command
 * busy for ever and the second would never end.
 */
const ignore = Deno.build.os === "windows";

async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok(success, "mkfifo");
}

for (
  const [kind, make] of Object.entries({
    "named pipe": makePipe,
    device: (path: string) => Deno.symlink("/dev/zero", path),
    folder: (path: string) => Deno.mkdir(path),
  })
) {
  Deno.test({
    name: `no command waits for a ${kind} in the place of any of its files, or breaks, or replaces it`,
    ignore,
    fn: () =>
      onStage(async ({ folder, path }) => {
        await make(path("special"));
        const before = await Deno.lstat(path("special"));
        // The deadline only ends a test that would never end otherwise.
        const { stdout, stderr, signal } = await new Deno.Command(Deno.execPath(), {
          args: argv`run -q --no-check -A --config ${repository}deno.json
            ${repository}tests/cli/special_files_worker.ts special`,
          cwd: folder,
          env: { HOME: folder },
          stdin: "null",
          signal: AbortSignal.timeout(300_000),
        }).output();
        const calls = new TextDecoder().decode(stdout).trim().split("\n").map((text) => JSON.parse(text));
        assert.equal(signal, null, `it hangs: ${JSON.stringify(calls.at(-1))}`);
        assert.ok(calls.length > 300, new TextDecoder().decode(stderr));
        // A wrapper ends with 1 when its program can't be started (docs/spec/regress.md 3).
        const internal = calls.filter(({ args, code }) =>
          code === 1 && !["test", "enforce"].includes(args[0])
        );
        assert.deepEqual(internal, [], "no internal failure");
        const after = await Deno.lstat(path("special"));
        assert.deepEqual([after.ino, after.isFifo], [before.ino, before.isFifo]);
      }),
  });
}

const RUN = JSON.stringify({ run: { run_id: "run_x", created_at: "2026-04-01T09:00:00Z" } });

Deno.test({
  name: "a named pipe in the place of an input, an output, a log or a lock file ends with exit 6",
  ignore,
  fn: () =>
    onStage(async ({ gait, write, path, folder, files }) => {
      await write("run.json", RUN);
      assert.equal((await gait`run record run.json`).code, 0);
      assert.equal((await gait`pack build run_x --out p.zip`).code, 0);
      assert.equal((await gait`keys init --out-dir keys`).code, 0);
      for (
        const name of ["in", "o.jsonl", "o2.jsonl.lock", "gait-out/session.jsonl", "gait-out/new.jsonl.lock"]
      ) {
        await makePipe(path(name));
      }
      const before = await files();
      for (
        const args of [
          ["verify", "./in"],
          argv`verify run_x --public-key in`,
          ["pack", "verify", "in"],
          argv`pack verify p.zip --public-key ./in`,
          ["pack", "inspect", "in"],
          ["pack", "diff", "p.zip", "in"],
          argv`pack export p.zip --otel-out o.jsonl`,
          argv`pack export p.zip --otel-out o2.jsonl`,
          argv`pack export p.zip --postgres-sql-out in`,
          argv`pack build run_x --out in`,
          ["run", "record", "in"],
          argv`run import in --run-id run_y`,
          argv`run session status --journal gait-out/session.jsonl`,
          argv`run session start --journal gait-out/new.jsonl --session-id s --run-id r`,
          ["policy", "validate", "in"],
          argv`gate eval --policy in --intent run.json`,
          argv`gate eval --policy run.json --intent in`,
          ["trace", "verify", "in"],
        ]
      ) {
        const { code, json } = await gait`${args} --json`;
        assert.deepEqual([code, json.ok], [6, false], `${args.join(" ")} in ${folder}`);
      }
      assert.deepEqual(await files(), before);
    }),
});

Deno.test({
  name: "a pipe that a shell hands over is read, up to its limit",
  ignore,
  fn: () =>
    onStage(async ({ write, folder, path }) => {
      await write("policy.yaml", "default_verdict: block\n");
      const shell = async (command: string) => {
        const script = `gait() { "${repository}bin/gait" "$@"; }; ${command}`;
        const options = { args: ["-c", script], cwd: folder, env: { HOME: path("home") } };
        return (await new Deno.Command("bash", options).output()).code;
      };
      assert.equal(await shell("gait policy validate <(cat policy.yaml)"), 0);
      assert.equal(await shell("gait policy validate <(yes '# more' | head -c 80000000)"), 6);
      assert.equal(
        await shell("gait policy validate <(exit 1)"),
        await shell(": > e.yaml; gait policy validate e.yaml"),
      );
    }),
});
