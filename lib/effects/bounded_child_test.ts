import assert from "node:assert/strict";
import { runBounded } from "./bounded_child.ts";
import type { BoundedRequest } from "./types.ts";

async function sh(script: string, parts: Partial<BoundedRequest> = {}) {
  const printed = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const result = await runBounded({
    command: "sh",
    args: ["-c", script],
    cwd: ".",
    env: {},
    timeout: 60_000,
    grace: 60_000,
    linger: 60_000,
    onOutput: (stream, bytes) => void (printed[stream] += decoder.decode(bytes)),
    ...parts,
  });
  return { ...result, ...printed };
}

/** Whether a process is there; a zombie that nobody has collected yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}

async function ends(pid: number): Promise<void> {
  assert.ok(pid > 0);
  while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("runBounded() gives both streams apart, the status, and what was added to the environment", async () => {
  const result = await sh("echo out $MARK; echo err >&2; exit 3", { env: { MARK: "x" } });
  assert.deepEqual(result, {
    code: 3,
    signal: undefined,
    timedOut: false,
    stdout: "out x\n",
    stderr: "err\n",
  });
});

Deno.test("runBounded() starts the child in its folder, without standard input", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  assert.equal((await sh("pwd -P; cat", { cwd: folder })).stdout, `${folder}\n`);
  await Deno.remove(folder);
});

Deno.test("runBounded() asks the group to end at the timeout, and lets it clean up", async () => {
  const { code, timedOut, stdout } = await sh("trap 'echo cleaned; exit 9' TERM; echo up; sleep 60 & wait", {
    timeout: 300,
  });
  assert.deepEqual([code, timedOut, stdout], [9, true, "up\ncleaned\n"]);
});

Deno.test("runBounded() kills a group that ignores the request when the grace is over", async () => {
  const { code, signal, timedOut, stdout } = await sh("trap '' TERM; sleep 60 & echo $!; wait; wait", {
    timeout: 300,
    grace: 100,
  });
  assert.deepEqual([code, signal, timedOut], [-1, "SIGKILL", true]);
  await ends(Number(stdout));
});

Deno.test("runBounded() does not wait for a grandchild that holds the pipe, and ends it", async () => {
  for (const ignoring of ["", "trap '' TERM; "]) {
    const { code, timedOut, stdout } = await sh(`${ignoring}sleep 60 & echo $!`, { linger: 50, grace: 100 });
    assert.deepEqual([code, timedOut], [0, false]);
    await ends(Number(stdout));
  }
});

Deno.test("runBounded() does not wait for a process that left the group with the pipe", async () => {
  const mark = await Deno.makeTempFile();
  await Deno.writeTextFile(mark, "x"); // it has left the group for sure when it has emptied the file
  const { code, timedOut, stdout } = await sh(
    `setsid sh -c ': > ${mark}; exec sleep 60' & while [ -s ${mark} ]; do :; done; echo $!`,
    { linger: 50, grace: 600_000 },
  );
  await Deno.remove(mark);
  assert.deepEqual([code, timedOut], [0, false]);
  // It is out of reach of the code under test, so the test ends what it started.
  const pid = Number(stdout);
  if (await isAlive(pid)) Deno.kill(pid, "SIGKILL");
});

Deno.test("runBounded() reads what a pipeline prints after its first process ended", async () => {
  const { stdout } = await sh("(while kill -0 $$ 2>/dev/null; do :; done; echo late) & exit 0");
  assert.equal(stdout, "late\n");
});

Deno.test("runBounded() waits longer than a timer of the runtime can", async () => {
  assert.equal((await sh("exit 4", { timeout: 2 ** 40 })).code, 4);
});

Deno.test("runBounded() says dependency_missing when there is no such program", async () => {
  await assert.rejects(sh("", { command: "gait-no-such-program" }), { code: "dependency_missing" });
});
