import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { runChild } from "./child.ts";

const sh = (command: string, timeout = 20_000, outputLimit = 1000) =>
  runChild({ command: "sh", args: ["-c", command], timeout, outputLimit });

/** Whether a process is there; a zombie that nobody has collected yet counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}

async function goneSoon(pid: number): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    if (!await isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

Deno.test("runChild() gives status and output, standard output first", async () => {
  const { code, signal, timedOut, output } = await sh("echo err >&2; echo out; exit 3");
  assert.deepEqual({ code, signal, timedOut, output }, {
    code: 3,
    signal: undefined,
    timedOut: false,
    output: utf8("out\nerr\n"),
  });
});

Deno.test("runChild() names the signal that ended a child", async () => {
  const { code, signal, timedOut } = await sh("kill -TERM $$");
  assert.deepEqual({ code, signal, timedOut }, { code: -1, signal: "SIGTERM", timedOut: false });
});

Deno.test("runChild() gives no standard input", async () => {
  assert.deepEqual((await sh("cat; echo end")).output, utf8("end\n"));
});

Deno.test("runChild() keeps the first bytes of output and lets the child finish", async () => {
  const { code, output } = await sh(
    "i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done; exit 4",
    20_000,
    15,
  );
  assert.deepEqual([code, output], [4, utf8("0123456789\n0123")]);
  assert.equal((await sh("echo out; echo err >&2", 20_000, 4)).output.length, 4);
  assert.equal((await sh("echo out", 20_000, 0)).output.length, 0);
  assert.deepEqual((await sh("echo out; echo err >&2", 20_000, 6)).output, utf8("out\ner"));
});

Deno.test("runChild() kills the child and what it started at the time limit", async () => {
  const { code, timedOut, output } = await sh("sleep 60 & echo $!; wait", 300);
  assert.deepEqual([code, timedOut], [-1, true]);
  const grandchild = Number(new TextDecoder().decode(output));
  assert.ok(grandchild > 0);
  assert.equal(await goneSoon(grandchild), true);
});

Deno.test("runChild() kills what a child leaves behind", async () => {
  const { code, timedOut, output } = await sh("sleep 60 >/dev/null 2>&1 </dev/null & echo $!");
  assert.deepEqual([code, timedOut], [0, false]);
  assert.equal(await goneSoon(Number(new TextDecoder().decode(output))), true);
});

Deno.test("runChild() does not wait for a process that left the group and holds the output open", async () => {
  const started = performance.now();
  const { timedOut, output } = await sh("setsid sleep 30 & echo $!", 300);
  assert.equal(timedOut, true);
  assert.ok(performance.now() - started < 15_000);
  const pid = Number(new TextDecoder().decode(output));
  // It is out of reach of the code under test, so the test ends what it started.
  if (await isAlive(pid)) Deno.kill(pid, "SIGKILL");
});

Deno.test("runChild() gives what holds the output of a child that has ended no more time than specified", async () => {
  const brief = (command: string) =>
    runChild({ command: "sh", args: ["-c", command], timeout: 60_000, outputLimit: 100, linger: 200 });
  const mark = await Deno.makeTempFile();
  // It has left the group for sure when it has emptied the file.
  await Deno.writeTextFile(mark, "x");
  const left = await brief(
    `setsid sh -c ': > ${mark}; exec sleep 30' & while [ -s ${mark} ]; do :; done; echo $!`,
  );
  await Deno.remove(mark);
  assert.deepEqual([left.code, left.timedOut], [0, true]);
  const pid = Number(new TextDecoder().decode(left.output));
  if (await isAlive(pid)) Deno.kill(pid, "SIGKILL");
  // What stayed in the group is killed with the child, and its output ends.
  const stayed = await brief("sleep 30 & echo $!");
  assert.deepEqual([stayed.code, stayed.timedOut], [0, false]);
  assert.equal(await goneSoon(Number(new TextDecoder().decode(stayed.output))), true);
});

Deno.test("runChild() says dependency_missing when there is no such command", async () => {
  await assert.rejects(
    runChild({ command: "gait-no-such-command", args: [], timeout: 1000, outputLimit: 10 }),
    { code: "dependency_missing" },
  );
});

Deno.test("runChild() gives standard input, and standard output apart from standard error", async () => {
  const { stdout, size, code } = await runChild({
    command: "sh",
    args: ["-c", "cat; echo noise >&2"],
    timeout: 20_000,
    outputLimit: 100,
    stdin: utf8("asked"),
  });
  assert.deepEqual([code, stdout, size], [0, utf8("asked"), 11]);
});

Deno.test("runChild() does not wait for a child to read what it was given", async () => {
  const stdin = new Uint8Array(1 << 20);
  const { code, stdout } = await runChild({
    command: "sh",
    args: ["-c", "echo done"],
    timeout: 20_000,
    outputLimit: 100,
    stdin,
  });
  assert.deepEqual([code, stdout], [0, utf8("done\n")]);
});

Deno.test("runChild() counts what it does not keep", async () => {
  const { size, stdout } = await sh("printf '%0200d' 1; printf '%0300d' 1 >&2", 20_000, 10);
  assert.deepEqual([size, stdout.length], [500, 10]);
});

Deno.test("runChild() gives exactly the specified variables", async () => {
  const { stdout } = await runChild({
    command: "/usr/bin/env",
    args: [],
    timeout: 20_000,
    outputLimit: 10_000,
    env: { PATH: "/usr/bin:/bin", ONLY: "this" },
  });
  assert.deepEqual(new TextDecoder().decode(stdout).trim().split("\n").sort(), [
    "ONLY=this",
    "PATH=/usr/bin:/bin",
  ]);
});
