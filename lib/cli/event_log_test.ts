import assert from "node:assert/strict";
import { FAKE_NOW, fakeEffects } from "../../tests/support/fake_effects.ts";
import { fakeCli } from "../../tests/support/fake_cli.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { EXIT, type ExitStatus } from "../errors/mod.ts";
import { categoryOfExit, correlationId } from "./envelope.ts";
import { loggedName } from "./event_log.ts";
import { withEventLogs } from "./event_logs.ts";

const ALL = {
  GAIT_ADOPTION_LOG: "logs/adoption.jsonl",
  GAIT_OPERATIONAL_LOG: "logs/operational.jsonl",
  GAIT_TELEMETRY_HEALTH_PATH: "logs/health.json",
};

/** Run a line whose command ends with `exit`, 7 ms later by the clock. */
async function logged(argv: string[], exit: ExitStatus, env: Record<string, string>, files = memoryFiles()) {
  let clock = FAKE_NOW;
  const cli = fakeCli({ effects: fakeEffects({ env, files, now: () => clock }) });
  const status = await withEventLogs(argv, cli, (given, { narrow }) => {
    assert.deepEqual(given, argv);
    narrow({ env: true });
    clock += 7;
    return Promise.resolve(exit);
  });
  const lines = (path: string) => (files.text(path) ?? "").split("\n").slice(0, -1);
  return { status, files, lines, printed: cli.printed, happened: cli.happened };
}

Deno.test("loggedName() follows the table of docs/spec/core.md 3.9", () => {
  const grouped =
    ("approve-script capture check enforce gate init keys list-scripts policy regress run job pack " +
      "report scout guard incident registry gateway mcp voice doctor delegate test ui").split(" ");
  for (const name of grouped) {
    assert.equal(loggedName([name, "sub", "x"]), `${name} sub`);
    assert.equal(loggedName([name, "--json"]), name);
    assert.equal(loggedName([name, ""]), name);
    assert.equal(loggedName([name]), name);
  }
  const cases: [string[], string][] = [
    [[], "version"],
    [[""], "unknown"],
    [["  "], "unknown"],
    [["--help"], "help"],
    [["-h", "x"], "help"],
    [["help", "run"], "help"],
    [["--version"], "version"],
    [["-v"], "version"],
    [["version", "x"], "version"],
    [["--explain"], "explain"],
    [["verify", "chain"], "verify"],
    [["trace", "verify"], "trace"],
    [["demo", "x"], "demo"],
    [["keys", "trust", "add"], "keys trust"],
    [["Frobnicate", "x"], "Frobnicate"],
    [["__proto__"], "__proto__"],
  ];
  for (const [argv, name] of cases) assert.equal(loggedName(argv), name, JSON.stringify(argv));
});

Deno.test("withEventLogs() writes nothing and narrows as asked when no log is named", async () => {
  const { status, files, happened } = await logged(["demo"], 0, {
    GAIT_ADOPTION_LOG: "  ",
    GAIT_TELEMETRY_HEALTH_PATH: "health.json",
    GAIT_ADOPTION_WORKFLOW: "w",
  });
  assert.deepEqual([status, files.paths(), happened], [0, [], ["narrow env"]]);
});

Deno.test("withEventLogs() keeps reading and writing files when it narrows", async () => {
  const { happened } = await logged(["demo"], 0, ALL);
  assert.deepEqual(happened, ["narrow env read write"]);
});

Deno.test("withEventLogs() appends one adoption line with its members in the order of the spec", async () => {
  const { lines } = await logged(["demo", "--json"], 0, { ...ALL, GAIT_ADOPTION_WORKFLOW: " ci " });
  assert.deepEqual(lines(ALL.GAIT_ADOPTION_LOG), [
    '{"schema_id":"gait.scout.adoption_event","schema_version":"1.0.0","created_at":"2026-01-02T03:04:05.007Z",' +
    '"producer_version":"1.2.3","command":"demo","workflow_id":"ci","success":true,"exit_code":0,"elapsed_ms":7,' +
    '"milestones":["A1"],"environment":{"os":"linux","arch":"amd64"}}',
  ]);
});

Deno.test("withEventLogs() writes an operational line before and after", async () => {
  const argv = ["verify", "x", "--json"];
  const { lines } = await logged(argv, EXIT.verificationFailed, ALL);
  const id = await correlationId(argv);
  const head =
    '{"schema_id":"gait.scout.operational_event","schema_version":"1.0.0","created_at":"2026-01-02T03:04:05';
  const same = `"producer_version":"1.2.3","correlation_id":"${id}","command":"verify"`;
  const environment = '"environment":{"os":"linux","arch":"amd64"}}';
  assert.deepEqual(lines(ALL.GAIT_OPERATIONAL_LOG), [
    `${head}Z",${same},"phase":"start","exit_code":0,"error_category":"none","retryable":false,"elapsed_ms":0,${environment}`,
    `${head}.007Z",${same},"phase":"end","exit_code":2,"error_category":"verification_failed","retryable":false,` +
    `"elapsed_ms":7,${environment}`,
  ]);
});

Deno.test("withEventLogs() writes the start line before the command runs", async () => {
  const files = memoryFiles();
  const cli = fakeCli({ effects: fakeEffects({ files, env: ALL }) });
  await withEventLogs(["demo"], cli, () => {
    assert.match(files.text(ALL.GAIT_OPERATIONAL_LOG)!, /"phase":"start"/);
    assert.equal(files.text(ALL.GAIT_ADOPTION_LOG), undefined);
    return Promise.resolve(EXIT.ok);
  });
});

Deno.test("withEventLogs() names a milestone on success only", async () => {
  const milestonesOf = async (argv: string[], exit: ExitStatus) => {
    const { lines } = await logged(argv, exit, { GAIT_ADOPTION_LOG: "a.jsonl" });
    return JSON.parse(lines("a.jsonl")[0]!).milestones;
  };
  assert.deepEqual(await milestonesOf(["demo"], 0), ["A1"]);
  assert.deepEqual(await milestonesOf(["verify", "chain"], 0), ["A2"]);
  assert.deepEqual(await milestonesOf(["regress", "init"], 0), ["A3"]);
  assert.equal(await milestonesOf(["demo"], 6), undefined);
  assert.equal(await milestonesOf(["keys", "init"], 0), undefined);
});

Deno.test("withEventLogs() counts its own writes in the health file", async () => {
  const { files } = await logged(["demo"], 0, ALL);
  const once = { attempts: 1, success: 1, failed: 0 };
  const text = files.text(ALL.GAIT_TELEMETRY_HEALTH_PATH)!;
  const health = {
    schema_id: "gait.scout.telemetry_health",
    schema_version: "1.0.0",
    created_at: "2026-01-02T03:04:05.007Z",
    producer_version: "1.2.3",
    streams: { operational_start: once, operational_end: once, adoption: once },
  };
  assert.deepEqual(JSON.parse(text), health);
  assert.equal(text, JSON.stringify(JSON.parse(text), null, 2) + "\n");
});

Deno.test("withEventLogs() keeps the status when a log can't be written, and warns on standard error alone", async () => {
  for (const exit of [EXIT.ok, EXIT.verificationFailed]) {
    const files = memoryFiles({ "logs/health.json": "" });
    for (const path of Object.values(ALL)) files.breakWrites(path);
    const { status, printed } = await logged(["demo"], exit, ALL, files);
    assert.equal(status, exit);
    assert.equal(printed.out, "");
    assert.match(printed.err, /^(warning: .*\n)+$/);
  }
});

Deno.test("withEventLogs() counts failed writes, and is silent where that is asked for", async () => {
  const files = memoryFiles();
  files.breakWrites(ALL.GAIT_OPERATIONAL_LOG);
  const { printed } = await logged(["demo"], 0, { ...ALL, GAIT_TELEMETRY_WARN: " OFF " }, files);
  assert.deepEqual(printed, { out: "", err: "" });
  // The broken log made no folder, so the first report had nowhere to go either; the last one tells all.
  assert.deepEqual(JSON.parse(files.text(ALL.GAIT_TELEMETRY_HEALTH_PATH)!).streams, {
    operational_start: { attempts: 1, success: 0, failed: 1 },
    operational_end: { attempts: 1, success: 0, failed: 1 },
    adoption: { attempts: 1, success: 1, failed: 0 },
  });
});

Deno.test("withEventLogs() writes logs of a command that failed in every way", async () => {
  const categories = [];
  for (const exit of Object.values(EXIT)) {
    const { lines } = await logged(["demo"], exit, { GAIT_OPERATIONAL_LOG: "o" });
    categories.push(JSON.parse(lines("o")[1]!).error_category);
  }
  assert.deepEqual(categories, Object.values(EXIT).map(categoryOfExit));
});

Deno.test("withEventLogs() touches no file that is neither a log nor a report of its own", async () => {
  const held = {
    "logs/adoption.jsonl": "key",
    "logs/operational.jsonl": '{"schema_id":"x"}\n',
    "logs/health.json": "{}",
  };
  const { status, files, printed } = await logged(["demo"], EXIT.ok, ALL, memoryFiles(held));
  assert.equal(status, EXIT.ok);
  for (const [path, text] of Object.entries(held)) assert.equal(files.text(path), text, path);
  assert.match(printed.err, /no log of this format/);
});
