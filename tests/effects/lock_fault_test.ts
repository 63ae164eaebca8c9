/** Many processes on one file: nothing is lost, also when some are killed (docs/threat_model.md 23 and 24). */
import assert from "node:assert/strict";

const PROCESSES = 8;
const LINES = 25;

/** Processes that append numbered lines; each says when it is ready and starts when its input ends. */
function appenders(path: string, lines: number): Deno.ChildProcess[] {
  const module = JSON.stringify(new URL("../../lib/effects/mod.ts", import.meta.url).href);
  return Array.from({ length: PROCESSES }, (_, who) => {
    const script = `import { makeFiles } from ${module};
      const files = makeFiles();
      Deno.stdout.writeSync(new Uint8Array([1]));
      await Deno.stdin.read(new Uint8Array(1));
      for (let i = 0; i < ${lines}; i++) await files.appendLine(${
      JSON.stringify(path)
    }, "${who}:" + i + ":" + "x".repeat(500));`;
    return new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=js", script],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  });
}

async function startTogether(children: Deno.ChildProcess[]): Promise<void> {
  await Promise.all(children.map(async (child) => {
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
  }));
  await Promise.all(children.map((child) => child.stdin.close()));
}

Deno.test("appendLine() loses nothing with 8 processes at the same time", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-append-" });
  try {
    const children = appenders(`${folder}/log`, LINES);
    await startTogether(children);
    for (const child of children) assert.equal((await child.status).code, 0);
    const lines = (await Deno.readTextFile(`${folder}/log`)).split("\n");
    assert.equal(lines.pop(), "");
    const expected = Array.from(
      { length: PROCESSES * LINES },
      (_, i) => `${i % PROCESSES}:${Math.floor(i / PROCESSES)}:${"x".repeat(500)}`,
    );
    assert.deepEqual(lines.toSorted(), expected.toSorted());
    for (let who = 0; who < PROCESSES; who++) {
      const own = lines.filter((line) => line.startsWith(`${who}:`)).map((line) =>
        Number(line.split(":")[1])
      );
      assert.deepEqual(own, own.toSorted((a, b) => a - b), "each process appends in order");
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name), ["log"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("appendLine() goes on for the others when processes are killed in the middle", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-append-" });
  try {
    const children = appenders(`${folder}/log`, LINES);
    await startTogether(children);
    const victims = children.slice(0, 3);
    // Killed when the log has grown to a certain size, so not at a certain time.
    for (const [i, victim] of victims.entries()) {
      for (;;) {
        const size = await Deno.stat(`${folder}/log`).then((info) => info.size, () => 0);
        if (size >= (i + 1) * 3 * 500) break;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      try {
        victim.kill("SIGKILL");
      } catch {
        // It was faster.
      }
    }
    for (const victim of victims) await victim.status;
    for (const child of children.slice(3)) assert.equal((await child.status).code, 0);
    const lines = (await Deno.readTextFile(`${folder}/log`)).split("\n");
    for (let who = 3; who < PROCESSES; who++) {
      for (let i = 0; i < LINES; i++) {
        assert.ok(lines.includes(`${who}:${i}:${"x".repeat(500)}`), `${who}:${i}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
