/** `gait gate serve`: one gate on a Unix socket, with many clients, well-behaved and otherwise (docs/gate_stream.md). */
import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../../lib/formats/bytes.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { type Talk, talkTo } from "../support/talk.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
`;
const TOOLS = ["tool.read", "tool.write", "tool.burn"] as const;
const STATUS = { "tool.read": 0, "tool.write": 4, "tool.burn": 3 } as const;
const line = (id: unknown, tool: string) =>
  JSON.stringify({
    id,
    intent: { tool_name: tool, args: { id }, context: { identity: "a", workspace: "/w", risk_class: "low" } },
  }) + "\n";

/** A client with its answers. */
class Client {
  readonly #decoder = new TextDecoder();
  #held = "";

  constructor(readonly connection: Deno.UnixConn) {}

  static async to(path: string): Promise<Client> {
    return new Client(await Deno.connect({ transport: "unix", path }));
  }

  async send(text: string): Promise<void> {
    for (let bytes = utf8(text); bytes.length > 0;) {
      bytes = bytes.subarray(await this.connection.write(bytes));
    }
  }

  /** The next answer; `undefined` when the server closed the connection. */
  // deno-lint-ignore no-explicit-any -- tests look into answers of many shapes
  async next(): Promise<any> {
    const buffer = new Uint8Array(1 << 16);
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end >= 0) {
        const answer = JSON.parse(this.#held.slice(0, end));
        this.#held = this.#held.slice(end + 1);
        return answer;
      }
      const read = await this.connection.read(buffer).catch(() => null);
      if (read === null) return undefined;
      this.#held += this.#decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  }

  close(): void {
    this.connection.close();
  }
}

/** Serve in a folder during a test, then end with SIGTERM. */
async function serving(
  { folder, write }: Stage,
  flags: readonly string[],
  test: (path: string, talk: Talk) => Promise<void>,
): Promise<void> {
  await write("policy.yaml", POLICY);
  const talk = talkTo(folder, "gate", "serve", "--socket=g.sock", "--policy=policy.yaml", "--json", ...flags);
  assert.deepEqual((await talk.next()).socket, "g.sock");
  try {
    await test(`${folder}/g.sock`, talk);
  } finally {
    talk.kill("SIGTERM");
    assert.equal((await talk.end()).code, 0);
  }
}

Deno.test("gate serve decides for 16 clients at once, each answer for its own call, with a trace", () =>
  onStage(async (stage) => {
    await serving(stage, ["--trace-dir=t"], async (path) => {
      assert.equal(Deno.lstatSync(path).mode! & 0o777, 0o600);
      await Promise.all(Array.from({ length: 16 }, async (_, who) => {
        const client = await Client.to(path);
        const calls = Array.from({ length: 12 }, (_, n) => [`${who}-${n}`, TOOLS[(who + n) % 3]!] as const);
        await client.send(calls.map(([id, tool]) => line(id, tool)).join(""));
        for (const [id, tool] of calls) {
          const answer = await client.next();
          assert.deepEqual([answer.id, answer.ok, answer.exit_code], [id, true, STATUS[tool]]);
          const trace = JSON.parse(await stage.read(answer.trace_path));
          assert.deepEqual([trace.intent_digest, trace.verdict], [answer.intent_digest, answer.verdict]);
        }
        client.close();
      }));
    });
    const left = (await stage.files()).filter((name) => !/^t\/(?:trace|approval_audit)_/.test(name));
    assert.deepEqual(left, ["policy.yaml"]);
  }));

Deno.test("gate serve answers what is no call with a block, decides no cut line, and goes on", () =>
  onStage(async (stage) => {
    await serving(stage, ["--no-trace", "--max-line-bytes=400"], async (path) => {
      const client = await Client.to(path);
      await client.send(
        `no json\n{"intent":{}}\n"${"x".repeat(500)}"\n\u0000\n\n${line("good", "tool.read")}`,
      );
      const found = [];
      for (let n = 0; n < 5; n++) {
        const { id, ok, verdict, exit_code } = await client.next();
        found.push([id, ok, verdict, exit_code]);
      }
      assert.deepEqual(found, [
        ...[1, 2, 3, 4].map((id) => [id, false, "block", 6]),
        ["good", true, "allow", 0],
      ]);
      // Whole JSON without its newline: the rest of the line may have been lost.
      await client.send(line("cut", "tool.read").trimEnd());
      await client.connection.closeWrite();
      assert.equal(await client.next(), undefined);
      client.close();
    });
  }));

Deno.test("gate serve: a client that floods and reads nothing, or is gone, is no burden to others", () =>
  onStage(async (stage) => {
    await serving(stage, ["--no-trace"], async (path) => {
      const silent = await Client.to(path);
      // More answers than any buffer between the two holds; the server stops reading then.
      const flood = silent.send(line("flood", "tool.read").repeat(20_000)).catch(() => {});
      for (let n = 0; n < 20; n++) {
        const gone = await Client.to(path);
        await gone.send(line(n, "tool.read") + '{"half');
        gone.close();
      }
      const other = await Client.to(path);
      await other.send(line("mine", "tool.read"));
      assert.deepEqual((await other.next()).id, "mine");
      other.close();
      silent.close();
      await flood;
    });
  }));

Deno.test("gate serve closes connections beyond the largest number, and takes new ones when there is room", () =>
  onStage(async (stage) => {
    await serving(stage, ["--no-trace", "--max-connections=1"], async (path) => {
      const first = await Client.to(path);
      await first.send(line(1, "tool.read"));
      assert.equal((await first.next()).verdict, "allow");
      const second = await Client.to(path);
      await second.send(line(2, "tool.read")).catch(() => {});
      assert.equal(await second.next(), undefined);
      second.close();
      await first.connection.closeWrite();
      assert.equal(await first.next(), undefined);
      first.close();
      // The place is free a moment after the connection ended.
      let verdict: string | undefined;
      while (verdict !== "allow") {
        const next = await Client.to(path);
        await next.send(line(3, "tool.read")).catch(() => {});
        verdict = (await next.next())?.verdict;
        next.close();
      }
    });
  }));

Deno.test("gate serve answers at SIGTERM what it has read, and takes the socket away", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    const talk = talkTo(
      stage.folder,
      ...["gate", "serve", "--socket", "g.sock", "--policy", "policy.yaml", "--json", "--trace-dir", "t"],
    );
    await talk.next();
    const client = await Client.to(stage.path("g.sock"));
    await client.send(Array.from({ length: 40 }, (_, n) => line(n, "tool.read")).join(""));
    assert.equal((await client.next()).verdict, "allow");
    talk.kill("SIGTERM");
    let answered = 1;
    while (await client.next() !== undefined) answered++;
    client.close();
    assert.equal((await talk.end()).code, 0);
    const traces = (await stage.files()).filter((name) => name.startsWith("t/"));
    assert.deepEqual(traces.length, answered);
    assert.ok(traces.every((name) => name.startsWith("t/trace_")));
    assert.ok(!(await stage.files()).includes("g.sock"));
  }));

Deno.test("gate serve takes the place of a gate that was killed, and of no other", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    const args = ["gate", "serve", "--socket", "g.sock", "--policy", "policy.yaml", "--json", "--no-trace"];
    const first = talkTo(stage.folder, ...args);
    await first.next();
    const refused = await stage.gait(...args);
    assert.deepEqual([refused.code, refused.json.error_code], [1, "state_contention"]);
    const client = await Client.to(stage.path("g.sock"));
    await client.send(line(1, "tool.read"));
    assert.equal((await client.next()).verdict, "allow");
    client.close();
    first.kill("SIGKILL");
    await first.end();
    await serving(stage, ["--no-trace"], async (path) => {
      const again = await Client.to(path);
      await again.send(line(1, "tool.read"));
      assert.equal((await again.next()).verdict, "allow");
      again.close();
    });
  }));

Deno.test("gate serve replaces nothing but its own kind, and listens nowhere where others may replace it", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    await stage.write("file", "kept");
    await stage.write("elsewhere/kept", "kept");
    await Deno.symlink("elsewhere/new.sock", stage.path("dangling"));
    await Deno.symlink("file", stage.path("link"));
    await Deno.mkdir(stage.path("open"));
    await Deno.chmod(stage.path("open"), 0o777);
    await Deno.mkdir(stage.path("open/mine"), { mode: 0o700 });
    const before = await stage.files();
    const serve = (path: string) =>
      stage.gait("gate", "serve", "--socket", path, "--policy", "policy.yaml", "--no-trace", "--json");
    for (
      const [path, status] of [
        ["file", 8],
        ["elsewhere", 8],
        ["dangling", 8],
        ["link", 8],
        ["open/g.sock", 8],
        ["open/mine/g.sock", 8],
        ["nowhere/g.sock", 6],
        ["file/g.sock", 6],
        ["x".repeat(150), 6],
      ] as const
    ) {
      const { code, json } = await serve(path);
      assert.deepEqual([path, code, json.ok], [path, status, false]);
    }
    assert.deepEqual(await stage.files(), before);
    assert.equal(await stage.read("file"), "kept");
    const flags = ["--policy", "policy.yaml", "--no-trace"];
    assert.equal((await stage.gait("gate", "serve", ...flags)).code, 6);
    assert.equal((await stage.gait("gate", "serve", "--socket=a", "--socket-fd=3", ...flags)).code, 6);
    assert.equal((await stage.gait("gate", "serve", "--socket-fd=3", ...flags)).code, 6);
    // A comma in the path would be a further address for the runtime.
    const { code } = await stage.gait("gate", "serve", "--socket=a,192.0.2.1", ...flags);
    assert.equal(code, 7);
  }));

testUnless(
  withoutProgram("python3"),
  "gate serve takes a socket that the system made",
  () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", POLICY);
      const code = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX); s.bind("made.sock"); s.listen(8)
os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
os.execv(sys.argv[1], [sys.argv[1], "gate", "serve", "--socket-fd", "3", "--policy", "policy.yaml", "--no-trace", "--json"])`;
      const child = new Deno.Command("python3", {
        args: ["-c", code, `${repository}bin/gait`],
        cwd: stage.folder,
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      assert.equal(JSON.parse(decodeUtf8(value!)).socket_fd, 3);
      const client = await Client.to(stage.path("made.sock"));
      await client.send(line(1, "tool.read"));
      assert.equal((await client.next()).verdict, "allow");
      client.close();
      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0);
      await reader.cancel();
      // Whoever made the socket removes it.
      assert.ok(Deno.lstatSync(stage.path("made.sock")).isSocket);
    }),
);

testUnless(
  withoutProgram("python3"),
  "the Python package uses the gate that GAIT_GATE_SOCKET names",
  () =>
    onStage(async (stage) => {
      await serving(stage, ["--no-trace"], async (path) => {
        const code = `
from gait import IntentContext, capture_intent, open_gate
with open_gate() as gate:
    for n in range(12):
        tool = ["tool.read", "tool.write", "tool.burn"][n % 3]
        intent = capture_intent(tool_name=tool, args={"n": n}, context=IntentContext("a", "/w", "low"))
        assert gate.decide(intent).exit_code == [0, 4, 3][n % 3]
`;
        const clients = Array.from(
          { length: 16 },
          () =>
            new Deno.Command("python3", {
              args: ["-c", code],
              env: { PYTHONPATH: `${repository}sdk/python`, GAIT_GATE_SOCKET: path, PATH: "/usr/bin:/bin" },
            }).output(),
        );
        for (const { code, stderr } of await Promise.all(clients)) assert.equal(code, 0, decodeUtf8(stderr));
      });
    }),
);
