import assert from "node:assert/strict";
import { inFolder } from "../../tests/support/folder.ts";

const nextTo = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** A program with standard input and output as sockets; on standard error it says which of them are some. */
const program = (main: string) => `
import { openStdio } from ${nextTo("./stdio.ts")};
import { inputSocket, outputSocket } from ${nextTo("./stdio_sockets.ts")};
const noting = (name, made) => {
  console.error(name + (made ? " socket" : " file"));
  return made;
};
const stdio = openStdio({
  inputSocket: () => noting("input", inputSocket()),
  outputSocket: () => noting("output", outputSocket()),
});
${main}
Deno.exit(0);`;

const ECHO = program("for await (const piece of stdio.input) await stdio.write(piece);");

function start(command: string, ...args: string[]): Deno.ChildProcess {
  const env = { NO_COLOR: "1" };
  return new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
}

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, ignore: Deno.build.os === "windows" });

test("pipes are sockets that give every byte, however late it is taken", async () => {
  await using child = start(Deno.execPath(), "eval", ECHO);
  const said = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  // Far more than pipes and the memory for it hold.
  const sent = new Uint8Array(8_000_000).map((_, i) => i % 251);
  const sending = writer.write(sent).then(() => writer.close());
  assert.deepEqual(new Uint8Array(await new Response(child.stdout).arrayBuffer()), sent);
  await sending;
  assert.equal((await child.status).code, 0);
  assert.equal(await said, "input socket\noutput socket\n");
});

test("files are read and written as files", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/in`, "some\nlines\n");
    const script = 'exec "$1" eval "$2" <"$3/in" >"$3/out"';
    await using child = start("/bin/sh", "-c", script, "sh", Deno.execPath(), ECHO, folder);
    await child.stdin.close();
    const { code, stderr } = await child.output();
    assert.equal(new TextDecoder().decode(stderr), "input file\noutput file\n");
    assert.equal(code, 0);
    assert.equal(await Deno.readTextFile(`${folder}/out`), "some\nlines\n");
  }));

test("what nobody reads can't be written, and a signal ends the input", async () => {
  const main = `
for await (const piece of stdio.input) {
  await stdio.write(piece).catch((error) => console.error(error.code, error.message));
}
console.error("stopped", stdio.stopped());`;
  await using child = start(Deno.execPath(), "eval", program(main));
  await child.stdout.cancel();
  const writer = child.stdin.getWriter();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  const until = async (text: string) => {
    while (!said.includes(text)) {
      const { value, done } = await lines.read();
      assert.ok(!done, said);
      said += value;
    }
  };
  await writer.write(new Uint8Array(3));
  await until("io_failure Cannot write to standard output: it has no reader\n");
  child.kill("SIGTERM");
  await until("stopped true\n");
  assert.equal((await child.status).code, 0);
  await lines.cancel();
  await writer.close().catch(() => {});
});
