import assert from "node:assert/strict";
import { inFolder } from "../../tests/support/folder.ts";
import { testUnless } from "../../tests/support/test_unless.ts";
import { killGroup } from "./child.ts";
import { supervision } from "./supervision.ts";

const noShell = Deno.build.os === "windows" ? "a POSIX shell" : undefined;

/** Run a step while every signal is recorded, and answered by `answer`. */
async function withSignals(
  answer: () => void,
  step: (sent: string[]) => Promise<void> | void,
): Promise<void> {
  const { kill } = Deno;
  const sent: string[] = [];
  Deno.kill = (pid, signal) => {
    sent.push(String(signal));
    if (signal === "SIGKILL") kill(pid, signal);
    answer();
  };
  try {
    await step(sent);
  } finally {
    Deno.kill = kill;
  }
}

testUnless(
  noShell,
  "a group that has ended gets no signal, for another command may have its number",
  () =>
    inFolder((folder) =>
      withSignals(() => {}, async (sent) => {
        const child = await supervision.start({
          command: "/bin/sh",
          args: ["-c", "exit 3"],
          env: {},
          lines: `${folder}/lines`,
          fence: `${folder}/fence`,
          onOutput: () => Promise.resolve(),
        });
        await child.release();
        assert.equal((await child.ended).code, 3);
        assert.deepEqual(sent, ["SIGKILL"], "once, for what the command left behind");
        child.signal("SIGCONT");
        assert.equal(sent.length, 1);
      })
    ),
);

Deno.test("killGroup() takes a group for ended only when there is none", async () => {
  const child = { pid: 1 << 22, kill: () => {} } as unknown as Deno.ChildProcess;
  const answers = [
    [new Deno.errors.NotFound(), false],
    [new Deno.errors.PermissionDenied(), true],
  ] as const;
  for (const [error, alive] of answers) {
    await withSignals(() => {
      throw error;
    }, () => assert.equal(killGroup(child, "SIGTERM", "linux"), alive));
  }
});
