/**
 * `gait mcp serve` when disks fail and processes die (docs/spec/mcp.md 6.4): no call is answered before its trace, and
 * its event in the journal of the session, are durable. `GAIT_KILL_ROUNDS` sets how often it is killed.
 */
import assert from "node:assert/strict";
import { disk as realDisk } from "../../lib/effects/disk.ts";
import { DiskFull, failingDisk, syncingDisk } from "../support/failing_disk.ts";
import { onStage } from "../support/gait.ts";
import { withServer } from "../support/server.ts";
import { inFolder } from "../support/folder.ts";
import { type Answered, ask, isJournal, isTraceLog, journaled, openService, requestOf } from "./service.ts";

const ROUNDS = Number(Deno.env.get("GAIT_KILL_ROUNDS") ?? 8);
for (const session of ["", "s"]) {
  const what = session === "" ? "a trace" : "a trace and an event";
  Deno.test(`every answer has ${what} when any call of the disk fails`, async () => {
    let calls = 1;
    for (let n = 1; n <= calls; n++) {
      for (const failure of ["before", "after", "half"] as const) {
        await inFolder(async (folder) => {
          // What is needed to begin is there: an error at the start answers nothing.
          await (await openService(folder, realDisk)).close();
          const failing = failingDisk(n, failure);
          const opened = await openService(folder, failing.disk).catch(() => undefined);
          if (!opened) return;
          const answers: (Answered | undefined)[] = [];
          for (const wave of [0, 10]) {
            answers.push(
              ...await Promise.all([1, 2, 3].map((i) => ask(opened.service, requestOf(wave + i, session)))),
            );
          }
          calls = Math.max(calls, failing.calls());
          const events = session === "" ? [] : await journaled(`${folder}/sessions`);
          for (const answer of answers) {
            if (!answer) continue;
            const trace = JSON.parse(await Deno.readTextFile(answer.trace_path));
            assert.equal(trace.intent_digest, answer.intent_digest);
            if (session !== "") assert(events.includes(answer.trace_path), `${n}`);
          }
          await opened.close();
        });
      }
    }
    assert(calls > 5);
  });
}

for (const [name, isMeant] of [["traces", isTraceLog], ["events", isJournal]] as const) {
  Deno.test(`a batch of ${name} whose fsync fails is answered with no verdict`, () =>
    inFolder(async (folder) => {
      let full = false;
      const disk = syncingDisk(isMeant, (file) => full ? Promise.reject(new DiskFull()) : file.sync());
      const { service, close } = await openService(folder, disk);
      const wave = (from: number) =>
        Promise.all(Array.from({ length: 8 }, (_, i) => ask(service, requestOf(from + i, "s"))));
      assert((await wave(0)).every((answer) => answer?.verdict === "allow"));
      full = true;
      assert.deepEqual(await wave(10), Array.from({ length: 8 }, () => undefined));
      full = false;
      assert((await wave(20)).every((answer) => answer?.verdict === "allow"));
      await close();
    }));

  Deno.test(`no call is answered while the fsync of its ${name} lasts`, () =>
    inFolder(async (folder) => {
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      let isHeld = false;
      const disk = syncingDisk(isMeant, async (file) => {
        if (isHeld) {
          begun.resolve();
          await goOn.promise;
        }
        await file.sync();
      });
      const { service, close } = await openService(folder, disk);
      assert.equal((await ask(service, requestOf(0, "s")))?.verdict, "allow");
      isHeld = true;
      let answered = 0;
      const waiting = [1, 2, 3].map(async (n) => {
        const answer = await ask(service, requestOf(n, "s"));
        answered++;
        return answer?.verdict;
      });
      await begun.promise;
      // Whoever would not wait had these turns for an answer.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
      assert.equal(answered, 0);
      goOn.resolve();
      assert.deepEqual(await Promise.all(waiting), ["allow", "allow", "allow"]);
      await close();
    }));
}

Deno.test("a run id that makes no name of a file is refused, and keeps no other call from its answer", () =>
  inFolder(async (folder) => {
    const { service, close } = await openService(folder, realDisk);
    const long = { ...requestOf(1, ""), run_id: "r".repeat(300) };
    const answers = await Promise.all(
      [requestOf(0, ""), long, requestOf(2, "")].map((one) => ask(service, one)),
    );
    assert.deepEqual(answers.map((answer) => answer?.verdict), ["allow", undefined, "allow"]);
    await close();
  }));

Deno.test("the torn journal of a server that was killed does not keep the next one from answering", () =>
  inFolder(async (folder) => {
    const first = await openService(folder, realDisk);
    assert.equal((await ask(first.service, requestOf(0, "s")))?.verdict, "allow");
    await first.close();
    const journal = `${folder}/sessions/s.journal.jsonl`;
    // A kernel writes page by page, and stops between two pages when the process is killed.
    const torn = '{"record_type":"event","event":{"schema_id":"gait.run';
    await Deno.writeTextFile(journal, torn, { append: true });
    const { service, close } = await openService(folder, realDisk);
    const answers = await Promise.all([1, 2, 3].map((n) => ask(service, requestOf(n, "s"))));
    assert.deepEqual(answers.map((answer) => answer?.verdict), ["allow", "allow", "allow"]);
    const warnings = answers.flatMap((answer) => answer!.warnings);
    assert.equal(warnings.filter((warning) => warning.includes(`${journal}.torn-1`)).length, 1);
    assert.equal(await Deno.readTextFile(`${journal}.torn-1`), torn);
    assert.equal((await journaled(`${folder}/sessions`)).length, 4);
    await close();
  }));

Deno.test("whatever it answered has a trace and an event, however often it is killed; the next start loses none", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const args = ["mcp", "serve", "--policy", "policy.yaml"];
    const answered: Answered[] = [];
    let n = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await withServer(stage, args, async (server) => {
        const calls = Array.from({ length: 24 }, async () => {
          const { json, status } = await server.post("/v1/evaluate", requestOf(n++, "s"))
            .catch((error) => ({ status: 0, json: `${error}` }));
          if (status === 200) answered.push(json);
          return { status, json };
        });
        // Another moment in every round. A server that nobody killed yet answers.
        for (const { status, json } of await Promise.all(calls.slice(0, round % 24))) {
          assert.equal(status, 200, `round ${round}: ${JSON.stringify(json)}`);
        }
        server.kill("SIGKILL");
        await Promise.all(calls);
      });
    }
    // A loss of power takes what was not synced: whatever the log of traces still holds comes back.
    await withServer(stage, args, async (server) => {
      assert.equal(await server.stop(), 0);
    });
    assert(answered.length > 0);
    const journal = "gait-out/mcp-serve/sessions/s.journal.jsonl";
    await stage.gait("run", "session", "recover", "--journal", journal, "--json");
    const events = await journaled(stage.path("gait-out/mcp-serve/sessions"));
    assert.equal(new Set(events).size, events.length);
    for (const { trace_path, intent_digest } of answered) {
      assert.equal(JSON.parse(await stage.read(trace_path)).intent_digest, intent_digest);
      assert(events.includes(trace_path));
    }
    const { json } = await stage.gait("run", "session", "status", "--journal", journal, "--json");
    assert.deepEqual([json.ok, json.status.event_count], [true, events.length]);
    assert.deepEqual((await stage.files()).filter((name) => name.includes("/.journal/")), []);
  }));

Deno.test("answered traces that a loss of power took are there after the next start, under their names", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await stage.gait`keys init --out-dir k`;
    const args = [
      ...["mcp", "serve", "--policy", "policy.yaml", "--trace-dir", "t"],
      ...["--key-mode", "prod", "--private-key", "k/gait_private.key"],
    ];
    const kept = new Map<string, string>();
    await withServer(stage, args, async (server) => {
      for (let i = 0; i < 9; i++) {
        const { json } = await server.post("/v1/evaluate", requestOf(i, ""));
        kept.set(json.trace_path, await stage.read(json.trace_path));
      }
      server.kill("SIGKILL");
    });
    for (const [i, path] of [...kept.keys()].entries()) {
      if (i % 3 === 0) await Deno.remove(stage.path(path));
      if (i % 3 === 1) await Deno.truncate(stage.path(path), 10);
    }
    await withServer(stage, args, async (server) => {
      assert(((server.announced.warnings ?? []) as string[]).some((text) => text.includes("recovered 6")));
      await server.stop();
    });
    for (const [path, content] of kept) assert.equal(await stage.read(path), content);
    assert.deepEqual((await stage.files()).filter((name) => name.startsWith("t/")), [...kept.keys()].sort());
  }));
