/**
 * `gait mcp gateway` when processes die (docs/spec/mcp.md 10.12, 10.13). `GAIT_KILL_ROUNDS` sets how often; 200 is what a
 * release is tried with.
 */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../../support/gait.ts";
import { canonicalBytes } from "../../../lib/formats/json/mod.ts";
import { openZip } from "../../../lib/formats/zip/mod.ts";
import { sha256 } from "../../../lib/signing/mod.ts";
import { type Client, scripted, withClient } from "./client.ts";

const ROUNDS = Number(Deno.env.get("GAIT_KILL_ROUNDS") ?? 30);
const onLinux = Deno.build.os === "linux";

/** The processes whose command line names the folder of a test. */
async function processesOf({ folder }: Stage): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes(folder)) found.push(Number(name));
  }
  return found;
}

/** Wait until no process of a test is left; a process that stays makes the test run out of time. */
async function untilNoneIsLeft(stage: Stage): Promise<void> {
  while ((await processesOf(stage)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function withServer(stage: Stage, test: (client: Client) => Promise<void>, ...options: string[]) {
  const set = ["--policy", "policy.yaml", "--name", "s", "--no-approval-wait"];
  await withClient(stage, [...set, "--", ...scripted(stage.path("log"), ...options)], test);
}

/** Make a gateway leave a session of one call behind. */
async function killAfterCall(client: Client): Promise<void> {
  await client.initialize();
  await client.call(1, "echo");
  await client.kill("SIGKILL");
}

Deno.test({
  name:
    "no call reaches the server without its trace, whenever the gateway is killed; the next start seals the session",
  ignore: !onLinux,
  fn: () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", "default_verdict: allow\n");
      for (let round = 0; round < ROUNDS; round++) {
        await withServer(stage, async (client) => {
          await client.initialize();
          const calls = Array.from({ length: 20 }, (_, i) =>
            JSON.stringify({
              jsonrpc: "2.0",
              id: i,
              method: "tools/call",
              params: { name: "echo", arguments: { round, i } },
            }));
          await client.write(calls.join("\n") + "\n");
          // Another moment in every round.
          for (let i = 0; i < round % 20; i++) await client.next(({ id }) => id === i);
          await client.kill("SIGKILL");
        });
      }
      await untilNoneIsLeft(stage);
      // The last torn session is sealed by one more start.
      await withServer(stage, async (client) => {
        await client.initialize();
      });
      const files = await stage.files();
      const traces = new Set<string>();
      for (const path of files.filter((path) => /traces\/trace_.*\.json$/.test(path))) {
        traces.add(JSON.parse(await stage.read(path)).args_digest);
      }
      const forwarded = (await stage.read("log")).split("\n").filter((line) => line.includes("tools/call"));
      assert.ok(forwarded.length > ROUNDS / 2);
      for (const line of forwarded) {
        const digest = await sha256(canonicalBytes(JSON.parse(line).params.arguments));
        assert.ok(traces.has(digest), line);
      }
      assert.deepEqual(files.filter((path) => path.includes("/sessions/")), []);
      let sealed = 0;
      assert.deepEqual(files.filter((path) => path.includes(".tmp-")), []);
      for (const path of files.filter((path) => path.includes("/runpacks/"))) {
        const intents = await openZip(await stage.bytes(path)).read("intents.jsonl");
        sealed += new TextDecoder().decode(intents).trim().split("\n").length;
      }
      const last = files.findLast((path) => path.includes("/packs/"))!;
      assert.equal((await stage.gait("pack", "verify", last, "--json")).json.ok, true);
      assert.ok(sealed >= forwarded.length, `${sealed} calls were sealed, ${forwarded.length} forwarded`);
    }),
});

Deno.test({
  name: "a gateway that ends or is killed leaves no process, whatever the server does",
  ignore: !onLinux,
  fn: () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", "default_verdict: allow\n");
      const rounds = Math.ceil(ROUNDS / 3);
      for (let round = 0; round < rounds; round++) {
        for (const end of ["close", "SIGKILL", "SIGTERM"] as const) {
          await withServer(stage, async (client) => {
            await client.initialize();
            await (end === "close" ? client.close() : client.kill(end));
          }, "descendant");
        }
      }
      await withServer(
        stage,
        async (client) => {
          await client.initialize();
          await client.close();
        },
        "descendant",
        "stubborn",
      );
      await untilNoneIsLeft(stage);
      const sleeping = await new Deno.Command("pgrep", { args: ["-fx", "sleep 1000"], stdout: "piped" })
        .output();
      assert.equal(new TextDecoder().decode(sleeping.stdout).trim(), "");
    }),
});

Deno.test("a server that floods standard error holds nothing up", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, async (client) => {
      await client.initialize();
      for (let i = 0; i < 20; i++) assert.equal((await client.call(i, "echo")).result.isError, undefined);
      assert.ok(client.stderr().length > 0);
    }, "flood");
  }));

Deno.test("a program that can't be started is reported as missing", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const { code } = await stage.gaitWith(
      { stdin: "" },
      ...["mcp", "gateway", "--policy", "policy.yaml", "--", "/nowhere/at-all"],
    );
    assert.equal(code, 7);
  }));

Deno.test("the next start removes what a gateway had written of its archives when it was killed, and nothing else", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, killAfterCall);
    const session = /([0-9a-f]{16})\.calls\.jsonl$/m.exec((await stage.files()).join("\n"))![1]!;
    const folder = "gait-out/mcp-gateway";
    const left = [
      `${folder}/runpacks/.runpack_${session}.zip.tmp-0123456789abcdef`,
      `${folder}/packs/.pack_${session}_2.zip.tmp-0123456789abcdef`,
    ];
    // Of a gateway that runs, and files that are none of ours.
    const kept = [
      `${folder}/runpacks/.runpack_0000000000000000.zip.tmp-0123456789abcdef`,
      `${folder}/packs/.pack_${session}.zip`,
      `${folder}/packs/pack_${session}.zip.tmp-0123456789abcdef`,
    ];
    for (const path of [...left, ...kept]) await stage.write(path, "part");
    await withServer(stage, async (client) => {
      await client.initialize();
    });
    const files = await stage.files();
    assert.deepEqual(left.filter((path) => files.includes(path)), []);
    assert.deepEqual(kept.filter((path) => !files.includes(path)), []);
    assert.equal(files.filter((path) => path.endsWith(`/pack_${session}.zip`)).length, 1);
  }));

Deno.test("a log that says something else than the traces is not sealed", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, killAfterCall);
    const log = (await stage.files()).find((path) => path.endsWith(".calls.jsonl"))!;
    await stage.write(log, (await stage.read(log)).replace('"verdict":"allow"', '"verdict":"block"'));
    await withServer(stage, async (client) => {
      await client.initialize();
      await client.close();
      assert.match(client.stderr(), /was not sealed/);
    });
    assert.deepEqual((await stage.files()).filter((path) => path.includes("/packs/")), []);
  }));

Deno.test("a left session is sealed only with traces that the key of the gateway signed, of that session", () =>
  onStage(async (stage) => {
    const { gait, write, files, read } = stage;
    await gait`keys init --out-dir k`;
    await gait`keys init --out-dir other`;
    await write("policy.yaml", "default_verdict: block\n");
    const set = (key: string) => [
      ...["--policy", "policy.yaml", "--name", "s", "--no-approval-wait", "--key-mode", "prod"],
      ...["--private-key", `${key}/gait_private.key`, "--", ...scripted(stage.path("log"))],
    ];
    const left = (key: string) => withClient(stage, set(key), killAfterCall);
    const start = (key: string) =>
      withClient(stage, set(key), async (client) => {
        await client.initialize();
        await client.close();
        assert.equal(client.stderr().includes("was not sealed"), (await packs()).length === 0);
      });
    const packs = async () => (await files()).filter((path) => path.includes("/packs/"));
    await left("other");
    const log = (await files()).find((path) => path.endsWith(".calls.jsonl"))!;
    const trace = (await files()).find((path) => /traces\/trace_/.test(path))!;
    const [logged, traced] = [await read(log), await read(trace)];
    await start("k");
    assert.deepEqual(await packs(), []);
    // Both say the same, which nobody signed.
    await write(log, logged.replaceAll('"verdict":"block"', '"verdict":"allow"'));
    await write(trace, traced.replace(/"verdict": *"block"/, '"verdict": "allow"'));
    await start("other");
    assert.deepEqual(await packs(), []);
    await write(trace, traced);
    // A trace of another session.
    await write(log, logged.replace(/"session":"[0-9a-f]{16}"/, '"session":"0123456789abcdef"'));
    await start("other");
    assert.deepEqual(await packs(), []);
    await write(log, logged.replace(/"violations":\[[^\]]*\]/, '"violations":["fine"]'));
    await start("other");
    assert.deepEqual(await packs(), []);
    // What a person is said to have allowed, and what was called.
    for (
      const [written, forged] of [
        [/"verdict":"block",/, '"verdict":"block","confirmed":true,'],
        [/"method":"tools\/call"/, '"method":"prompts/get"'],
        [/"name":"echo"/, '"name":"other"'],
      ] as const
    ) {
      assert.match(logged, written);
      await write(log, logged.replace(written, forged));
      await start("other");
      assert.deepEqual(await packs(), [], forged);
    }
    await write(log, logged);
    await start("other");
    assert.equal((await packs()).length, 1);
  }));
