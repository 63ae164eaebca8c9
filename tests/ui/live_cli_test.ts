/** What the stream of changes reports to an open page. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { withServer } from "../support/server.ts";

const TOKEN = "correct-horse-battery-staple";
const HEADERS = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };

interface Listening {
  /** Wait until a topic is reported. */
  until(topic: string): Promise<void>;
  // deno-lint-ignore no-explicit-any -- answers of many shapes
  ask(path: string, body?: unknown): Promise<any>;
}

function whileListening(
  stage: Stage,
  test: (listening: Listening) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const command = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN", ...args];
  return withServer(stage, command, async ({ url }) => {
    const answer = await fetch(`${url}/api/events`, { headers: HEADERS });
    assert.equal(answer.status, 200);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const topics: string[] = [];
    try {
      await test({
        async until(topic) {
          while (!topics.includes(topic)) {
            const { value, done } = await reader.read();
            if (done) throw new Error("the stream ended");
            for (const line of value.split("\n")) if (line !== "") topics.push(...JSON.parse(line).topics);
          }
          topics.length = 0;
        },
        async ask(path, body = {}) {
          const answer = await fetch(`${url}/api/${path}`, {
            method: "POST",
            headers: HEADERS,
            body: JSON.stringify(body),
          });
          return await answer.json();
        },
      });
    } finally {
      await reader.cancel();
    }
  }, { GAIT_UI_TOKEN: TOKEN });
}

const callOf = (i: number) => ({
  ...{ schema_id: "gait.gate.intent_request", schema_version: "1.0.0", producer_version: "t" },
  ...{ created_at: "2026-11-20T08:00:00Z", tool_name: "tool.read", args: { i }, targets: [] },
  context: { identity: "agent", workspace: "/w", risk_class: "low" },
});

Deno.test("in an empty folder, what is made later is reported, also in folders that were not there", () =>
  onStage(async (stage) => {
    await whileListening(stage, async ({ until, ask }) => {
      await stage.gait("demo");
      await until("runs");
      assert.deepEqual((await ask("runs")).runs.map(({ run_id }: { run_id: string }) => run_id), [
        "run_demo",
      ]);
      await stage.gait`demo --policy`;
      const eval_ =
        argv`gate eval --policy gait-out/policy_demo_high_risk.yaml --intent gait-out/intent_demo_delete.json`;
      await stage.gait(...eval_, "--trace-out", "gait-out/new/folder/trace_1.json");
      await until("traces");
      while ((await ask("traces")).total < 1) await until("traces");
      await stage.gait`job submit --id later`;
      await until("jobs");
      assert.equal((await ask("jobs")).jobs[0].job_id, "later");
    });
  }));

Deno.test("a folder that is removed and made again is still watched", () =>
  onStage(async (stage) => {
    await stage.gait("demo");
    await whileListening(stage, async ({ until, ask }) => {
      await Deno.remove(stage.path("gait-out"), { recursive: true });
      await stage.gait("demo");
      await until("runs");
      while ((await ask("runs")).runs.length < 1) await until("runs");
      await stage.gait`demo --durable`;
      await until("jobs");
    });
  }));

Deno.test("what gate stream decides is reported while it runs, and read without listing the folder again", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await whileListening(stage, async ({ until, ask }) => {
      const lines = Array.from(
        { length: 200 },
        (_, i) => JSON.stringify({ id: String(i), intent: callOf(i) }),
      );
      const { code } = await stage.gaitWith(
        { stdin: lines.join("\n") + "\n" },
        ...argv`gate stream --policy policy.yaml --trace-dir gait-out/traces`,
      );
      assert.equal(code, 0);
      while ((await ask("traces")).total < 200) await until("traces");
    });
  }));

Deno.test("decisions that a crash left in the journal of a stream alone are counted, until a stream restores them", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const command = argv`gate stream --policy policy.yaml --trace-dir gait-out/traces`;
    const stream = new Deno.Command(`${repository}bin/gait`, {
      args: [...command],
      cwd: stage.folder,
      env: { HOME: stage.folder },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const answers = stream.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const input = stream.stdin.getWriter();
    await input.write(new TextEncoder().encode(`${JSON.stringify({ id: "1", intent: callOf(1) })}\n`));
    for (let printed = ""; !printed.includes("\n");) printed += (await answers.read()).value ?? "";
    stream.kill("SIGKILL");
    await stream.status;
    await answers.cancel();
    await input.close().catch(() => {});
    // A crash of the machine loses what was not synced.
    for (const name of await stage.files()) {
      if (/traces\/[^.][^/]*\.json$/.test(name)) await Deno.remove(stage.path(name));
    }
    await whileListening(stage, async ({ until, ask }) => {
      while ((await ask("traces")).unwritten !== 1) await until("traces");
      const { code } = await stage.gaitWith({ stdin: "" }, ...command);
      assert.equal(code, 0);
      for (;;) {
        const { total, unwritten } = await ask("traces");
        if (total === 1 && unwritten === undefined) break;
        await until("traces");
      }
    });
  }));

Deno.test("a stream of changes needs the token, and ends with the server", () =>
  onStage(async (stage) => {
    const command = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN"];
    await withServer(stage, command, async ({ url, stop }) => {
      const refused = await fetch(`${url}/api/events`);
      assert.equal(refused.status, 401);
      await refused.body?.cancel();
      const stream = await fetch(`${url}/api/events`, { headers: HEADERS });
      const text = stream.text().catch(() => "");
      assert.equal(await stop(), 0);
      assert.match(await text, /^\{"topics":\[\]\}\n/);
    }, { GAIT_UI_TOKEN: TOKEN });
  }));
