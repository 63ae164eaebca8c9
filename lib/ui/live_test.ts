import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import type { FolderChanges, WatchFolders } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { UiContext } from "./context.ts";
import { type Topic, watchWorkspace } from "./live.ts";
import { traceIndex } from "./traces/trace_index.ts";

const TRACE = utf8(
  JSON.stringify({ schema_id: "gait.gate.trace", tool_name: "tool.read", verdict: "allow" }),
);

const CHANGED = utf8(
  JSON.stringify({ schema_id: "gait.gate.trace", tool_name: "tool.read", verdict: "block", changed: true }),
);

/** A watched workspace of files in memory, whose changes the test reports. */
async function watched(watch?: WatchFolders) {
  const memory = memoryFiles({ "gait-out/trace_1.json": TRACE });
  const listed: string[] = [];
  const files = {
    ...memory,
    realPath: (path: string) => real(path),
    entries: (folder: string) => (listed.push(folder), memory.entries(folder)),
  };
  let report = (_: FolderChanges) => {};
  const changes: WatchFolders = async function* (_folders, ended) {
    const waiting: FolderChanges[] = [];
    let wake = () => {};
    report = (change) => (waiting.push(change), wake());
    ended.addEventListener("abort", () => wake());
    while (!ended.aborted) {
      while (waiting.length > 0) yield waiting.shift()!;
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  const topics: Topic[] = [];
  let forgotten = 0;
  const index = traceIndex([".", "gait-out"], files, { now: () => 0, onChange: () => {} });
  const context = {
    effects: { files, now: () => 0, watch: () => Promise.resolve(watch ?? changes) },
    options: { jobRoot: "gait-out/jobs" },
  } as unknown as UiContext;
  const live = watchWorkspace(context, {
    folders: [".", "gait-out", "gait-out/jobs"],
    traceFolders: [".", "gait-out"],
    index,
    unwritten: { add: () => {}, look: () => Promise.resolve(false) },
    forget: () => forgotten++,
  });
  const ended = new AbortController();
  const listening = (async () => {
    for await (const some of live.topics(ended.signal)) topics.push(...some);
  })();
  await index.first;
  return {
    files,
    index,
    live,
    topics,
    listed,
    report: (change: Partial<FolderChanges>) => report({ paths: [], lost: false, ...change }),
    forgotten: () => forgotten,
    async stop() {
      live.stop();
      ended.abort();
      await listening;
    },
  };
}

const real = (path: string) => Promise.resolve(path === "." ? "/srv" : `/srv/${path}`);

/** Let everything happen that waits for nothing but its turn. */
async function eventually(until: () => boolean) {
  for (let i = 0; i < 10_000 && !until(); i++) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(until());
}

Deno.test("a reported trace is read without another search of the folders", async () => {
  const { files, index, report, stop, forgotten } = await watched();
  await files.writeAtomic("gait-out/trace_2.json", TRACE);
  await files.writeAtomic("gait-out/trace_unreported.json", TRACE);
  report({ paths: ["/srv/gait-out/trace_2.json", "/srv/gait-out/approval_audit_2.json"] });
  await eventually(() => index.has("gait-out/trace_2.json"));
  await index.idle();
  assert.ok(!index.has("gait-out/trace_unreported.json"));
  assert.equal(forgotten(), 0);
  await stop();
});

Deno.test("when the system lost changes, all folders are searched again, and every view is notified", async () => {
  const { files, index, report, stop, topics } = await watched();
  await files.writeAtomic("gait-out/trace_2.json", TRACE);
  await files.remove("gait-out/trace_1.json");
  report({ lost: true });
  await eventually(() => index.has("gait-out/trace_2.json") && !index.has("gait-out/trace_1.json"));
  await eventually(() => topics.length >= 5);
  assert.deepEqual([...new Set(topics)].sort(), ["jobs", "policies", "regressions", "runs", "traces"]);
  await stop();
});

Deno.test("however often changes are lost, few searches find every trace that came, changed or went", async () => {
  const { files, index, report, stop, listed } = await watched();
  for (let i = 0; i < 40; i++) await files.writeAtomic(`gait-out/trace_kept_${i}.json`, TRACE);
  report({ lost: true });
  await eventually(() => index.has("gait-out/trace_kept_39.json"));
  await index.idle();
  listed.length = 0;
  for (let i = 0; i < 500; i++) {
    await files.writeAtomic(`gait-out/trace_lost_${i}.json`, TRACE);
  }
  await files.remove("gait-out/trace_kept_0.json");
  await files.writeAtomic("gait-out/trace_kept_1.json", CHANGED);
  listed.length = 0;
  for (let i = 0; i < 501; i++) report({ lost: true });
  const verdictOf = (path: string) => [...index.rows].find((row) => row.path === path)?.verdict;
  await eventually(() =>
    verdictOf("gait-out/trace_kept_1.json") === "block" && index.rows.length === 1 + 39 + 500
  );
  await index.idle();
  assert.ok(!index.has("gait-out/trace_kept_0.json"));
  const searches = listed.filter((folder) => folder === "gait-out").length;
  assert.ok(searches <= 3, `${searches} searches for 501 losses`);
  await stop();
});

Deno.test("after many reported traces those that nobody reported are searched for", async () => {
  const { files, index, report, stop } = await watched();
  await files.writeAtomic("gait-out/trace_unreported.json", TRACE);
  for (let i = 0; i < 200; i++) {
    await files.writeAtomic(`gait-out/trace_many_${i}.json`, TRACE);
    report({ paths: [`/srv/gait-out/trace_many_${i}.json`] });
  }
  await eventually(() => index.has("gait-out/trace_unreported.json"));
  await stop();
});

Deno.test("many reported traces make no view stale that shows something else", async () => {
  const { files, index, report, stop, forgotten, listed } = await watched();
  listed.length = 0;
  for (let i = 0; i < 200; i++) {
    await files.writeAtomic(`gait-out/trace_many_${i}.json`, TRACE);
    report({ paths: [`/srv/gait-out/trace_many_${i}.json`] });
  }
  await eventually(() => listed.includes("gait-out") && index.rows.length === 201);
  await index.idle();
  assert.equal(forgotten(), 0);
  await stop();
});

Deno.test("losses are searched for until nothing is missed, for not each of them is reported", async () => {
  const { files, index, report, stop } = await watched();
  await files.writeAtomic("gait-out/trace_2.json", TRACE);
  report({ lost: true });
  await eventually(() => index.has("gait-out/trace_2.json"));
  await files.writeAtomic("gait-out/trace_3.json", TRACE);
  await eventually(() => index.has("gait-out/trace_3.json"));
  await stop();
});

Deno.test("traces in a folder that is new are found, though they were written before it was watched", async () => {
  const { files, index, report, stop, listed } = await watched();
  await files.makeFolder("gait-out/session/traces");
  await files.writeAtomic("gait-out/session/traces/trace_9.json", TRACE);
  await files.makeFolder("elsewhere");
  await files.writeAtomic("elsewhere/trace_8.json", TRACE);
  report({ paths: ["/srv/elsewhere", "/srv/gait-out/session"] });
  await eventually(() => index.has("gait-out/session/traces/trace_9.json"));
  await index.idle();
  assert.ok(!index.has("elsewhere/trace_8.json"));
  assert.ok(!listed.includes("elsewhere"), "a folder that is none of the page's is not searched");
  await stop();
});

Deno.test("each kind of file is reported to the views that show it, and temporary ones to none", async () => {
  const { topics, report, stop, forgotten } = await watched();
  report({ paths: ["/srv/gait-out/.trace_1.json.tmp-0011", "/srv/gait-out/traces/.journal/0a.jsonl"] });
  report({ paths: ["/srv/gait-out/runpack_1.zip", "/srv/policy.yaml", "/srv/gait-out/jobs/a/events.jsonl"] });
  report({ paths: ["/srv/regress_result.json"] });
  await eventually(() => topics.includes("regressions"));
  assert.deepEqual([...new Set(topics)].sort(), ["jobs", "policies", "regressions", "runs"]);
  assert.ok(forgotten() > 0);
  await stop();
});

Deno.test("what is noticed while a report is being sent is in the next one", async () => {
  const { live, stop } = await watched();
  const ended = new AbortController();
  const topics = live.topics(ended.signal);
  const first = topics.next();
  live.notice("traces");
  assert.deepEqual((await first).value, ["traces"]);
  live.notice("runs"); // the reader has not asked for more
  assert.deepEqual((await topics.next()).value, ["runs"]);
  ended.abort();
  await stop();
});

Deno.test("where folders can't be watched, they are searched from time to time", async () => {
  const refuses: WatchFolders = async function* () {
    yield* [];
    await Promise.resolve();
    throw new GaitError("io_failure", "no watches left");
  };
  const { files, index, stop } = await watched(refuses);
  await files.writeAtomic("gait-out/trace_2.json", TRACE);
  await eventually(() => index.has("gait-out/trace_2.json"));
  await stop();
});
