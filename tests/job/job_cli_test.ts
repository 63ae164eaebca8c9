/** Durable jobs as a user runs them, through the executable. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { unlinkedLog, unlinkedState } from "../support/job.ts";

Deno.test("a job waits for its decision, goes on, and its pack verifies", () =>
  onStage(async ({ gait, read }) => {
    assert.equal((await gait`job submit --id etl --actor mia --json`).json.job.revision, 1);
    await gait`job checkpoint add --id etl --summary one`;
    const asked = await gait`job checkpoint add --id etl --type decision-needed --summary drop?
      --required-action approve --json`;
    assert.equal(asked.json.checkpoint.checkpoint_id, "cp_0002");
    const refused = await gait`job resume --id etl --json`;
    assert.deepEqual([refused.code, refused.json.error_detail], [6, "approval_missing"]);
    assert.equal((await gait`job approve --id etl --actor lead`).code, 0);
    assert.equal((await gait`job resume --id etl --json`).json.job.status, "running");
    assert.equal((await gait`job checkpoint add --id etl --type completed --summary done`).code, 0);
    const state = JSON.parse(await read("gait-out/jobs/etl/state.json"));
    assert.equal(state.approvals[0].checkpoint_id, "cp_0002");
    // With a slash behind the folder, too.
    for (const from of ["etl", "gait-out/jobs/etl", "gait-out/jobs/etl/", "gait-out/jobs/etl/state.json"]) {
      assert.equal((await gait("pack", "build", "--type", "job", "--from", from, "--force")).code, 0, from);
    }
    const built = await gait`pack build --type job --from etl --out e.zip --json`;
    assert.equal(built.code, 0);
    const shown = await gait`pack inspect e.zip --json`;
    assert.equal(shown.json.inspect.job_lineage.event_count, 6);
    assert.equal((await gait`pack verify e.zip`).code, 0);
  }));

Deno.test("no job has the name of a device, which would be another place on Windows", () =>
  onStage(async ({ gait, files }) => {
    for (const id of ["con", "NUL", "aux.1", "com1", "lpt9:x", "../x", "a/b"]) {
      const { code, json } = await gait("job", "submit", "--id", id, "--actor", "mia", "--json");
      assert.deepEqual([code, json.error_detail], [6, "invalid_job_id"], id);
    }
    assert.deepEqual(await files(), []);
    assert.equal((await gait`job submit --id console --actor mia`).code, 0);
  }));

Deno.test("job status shows the open decision, and its next lines approve and resume the job", () =>
  onStage(async ({ gait }) => {
    await gait`job submit --id etl`;
    await gait`job checkpoint add --id etl --type decision-needed --summary drop? --required-action approve`;
    const next = async () => {
      const { stdout } = await gait`job status --id etl`;
      return /^next: gait (.*)$/m.exec(stdout)![1]!.replace("<name>", "lead").split(" ");
    };
    assert.match((await gait`job status --id etl`).stdout, /cp_0001.*drop\?/);
    for (const command of ["approve", "resume"]) {
      const line = await next();
      assert.equal(line[1], command);
      assert.equal((await gait(...line)).code, 0);
    }
    const { stdout } = await gait`job status --id etl`;
    assert.doesNotMatch(stdout, /^next:/m);
  }));

Deno.test("a job that is held up, or not, is resumed, run and shown by the commands that are suggested", () =>
  onStage(async ({ gait }) => {
    const pasted = (text: string) => /gait (job (?:resume|status) --id [a-z]+)$/m.exec(text)![1]!.split(" ");
    await gait`job submit --id etl`;
    const running = await gait`job resume --id etl --json`;
    assert.deepEqual([running.code, running.json.error_detail], [6, "illegal_transition"]);
    assert.equal((await gait(...pasted(running.json.hint))).code, 0);
    for (const hold of ["pause", "checkpoint add --type blocked --summary stuck"]) {
      const held = await gait(...["job", ...hold.split(" ")], "--id", "etl");
      assert.deepEqual(pasted(held.stdout), ["job", "resume", "--id", "etl"]);
      assert.deepEqual(pasted((await gait`job status --id etl`).stdout), pasted(held.stdout));
      const refused = await gait`job run --id etl --json -- true`;
      assert.deepEqual([refused.code, refused.json.error_detail], [6, "illegal_transition"]);
      assert.equal((await gait(...pasted(refused.json.hint))).code, 0);
      assert.doesNotMatch((await gait`job status --id etl`).stdout, /^next:/m);
    }
    await gait`job pause --id etl`;
    await gait`job checkpoint add --id etl --type completed --summary done`;
    assert.doesNotMatch((await gait`job resume --id etl --json`).json.hint, /must be/);
  }));

Deno.test("a listed job without a checkpoint ends with its revision", () =>
  onStage(async ({ gait }) => {
    await gait`job submit --id etl`;
    assert.match((await gait`job list`).stdout, /etl \(1\)$/m);
  }));

Deno.test("a stopped or cancelled job is not reopened by a checkpoint", () =>
  onStage(async ({ gait }) => {
    for (const end of ["stop", "cancel"]) {
      await gait("job", "submit", "--id", end);
      assert.equal((await gait("job", end, "--id", end)).code, 0);
      for (const type of ["decision-needed", "blocked", "completed"]) {
        const { code, json } = await gait(
          ...["job", "checkpoint", "add", "--id", end, "--type", type, "--summary", "x"],
          ...["--required-action", "y", "--json"],
        );
        assert.deepEqual([code, json.error_detail], [6, "illegal_transition"]);
      }
    }
  }));

Deno.test("a state that says its status twice is read as none of the two", () =>
  onStage(async ({ gait, read, write }) => {
    const path = "gait-out/jobs/a/state.json";
    assert.equal((await gait`job submit --id a`).code, 0);
    const state = await read(path);
    const doubled = state.replace("{", '{"status": "emergency_stopped",');
    await write(path, doubled);
    for (const command of ["status", "resume", "pause"]) {
      assert.equal((await gait("job", command, "--id", "a", "--json")).code, 6, command);
    }
    assert.equal(await read(path), doubled);
  }));

Deno.test("inspect shows a timeline, and a lock of the future does not block a job for ever", () =>
  onStage(async ({ gait, gaitWith, write, path }) => {
    await gait`job submit --id a --actor mia`;
    await gait`job checkpoint add --id a --summary half`;
    const { stdout } = await gait`job inspect --id a`;
    assert.match(stdout, /1\. submitted by mia/);
    assert.match(stdout, /2\. checkpoint_added: progress cp_0001 half/);
    assert.match(stdout, /^events=2$/m);
    await write("gait-out/jobs/a/state.json.lock", "");
    const held = await gaitWith(
      { env: { GAIT_JOB_LOCK_TIMEOUT: "100ms" } },
      "job",
      "pause",
      "--id",
      "a",
      "--json",
    );
    assert.deepEqual([held.code, held.json.error_detail], [1, "lock_timeout"]);
    const future = new Date(Date.UTC(2100, 0));
    await Deno.utime(path("gait-out/jobs/a/state.json.lock"), future, future);
    const env = { GAIT_JOB_LOCK_TIMEOUT: "200ms" };
    assert.equal((await gaitWith({ env }, "job", "pause", "--id", "a")).code, 0);
  }));

Deno.test("demo --durable plays again, and leaves a job of the user's alone", () =>
  onStage(async ({ gait, read, files }) => {
    assert.equal((await gait`demo --durable`).code, 0);
    const events = await read("gait-out/jobs/job_demo_durable/events.jsonl");
    assert.equal((await gait`demo --durable`).code, 0);
    assert.equal(await read("gait-out/jobs/job_demo_durable/events.jsonl"), events);
    assert.equal((await files()).length, 3);
    assert.equal((await gait`demo --durable --policy`).code, 6);
  }));

Deno.test("demo --durable refuses to replace a job that is none of its own", () =>
  onStage(async ({ gait, read }) => {
    await gait`job submit --id job_demo_durable`;
    const state = await read("gait-out/jobs/job_demo_durable/state.json");
    assert.equal((await gait`demo --durable --json`).json.error_detail, "job_exists");
    assert.equal(await read("gait-out/jobs/job_demo_durable/state.json"), state);
  }));

Deno.test("an id that is given without its flag is named, with the flag", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`job resume nightly --json`;
    assert.equal(code, 6);
    assert.match(json.hint, /--id nightly/);
    assert.match(json.error, /nightly/);
    await gait`job submit --id a`;
    assert.match((await gait`job resume --id a --json`).json.hint, /paused, decision_needed or blocked/);
  }));

Deno.test("a job by another program whose log lost an event is shown and packed with a warning", () =>
  onStage(async ({ gait, read, write }) => {
    await gait`job submit --id a`;
    await gait`job pause --id a`;
    assert.equal((await gait`pack build --type job --from a --out whole.zip --json`).json.notes, undefined);
    const [log, state] = ["gait-out/jobs/a/events.jsonl", "gait-out/jobs/a/state.json"];
    await write(log, unlinkedLog(await read(log)).replace(/.*\n$/, ""));
    await write(state, unlinkedState(await read(state)));
    const shown = await gait`job inspect --id a --json`;
    assert.deepEqual([shown.code, shown.json.events.length, shown.json.warnings.length], [0, 1, 1]);
    const packed = await gait`pack build --type job --from a --out part.zip --json`;
    assert.deepEqual([packed.code, packed.json.notes], [0, shown.json.warnings]);
  }));

Deno.test("a job that somebody edited is shown, but not resumed, run or packed, and can be stopped", () =>
  onStage(async ({ gait, read, write }) => {
    await gait`job submit --id a --actor mia`;
    await gait`job checkpoint add --id a --type decision-needed --summary drop? --required-action approve`;
    const intact = await gait`job verify --id a --require-chain --json`;
    assert.deepEqual([intact.code, intact.json.events_chained, intact.json.findings], [0, 2, undefined]);
    const state = "gait-out/jobs/a/state.json";
    const forged = JSON.stringify([{ created_at: "2099-01-01T00:00:00Z", actor: "lead", reason: "fine" }]);
    await write(state, (await read(state)).replace("{", `{"approvals": ${forged},`));
    const verified = await gait`job verify --id a --json`;
    assert.deepEqual([verified.code, verified.json.ok, verified.json.findings[0].code], [
      2,
      false,
      "state_edited",
    ]);
    const shown = await gait`job inspect --id a --json`;
    assert.deepEqual([shown.code, shown.json.events.length, shown.json.findings.length], [2, 2, 1]);
    for (
      const command of ["job resume --id a", "job approve --id a --actor x", "pack build --type job --from a"]
    ) {
      const { code, json } = await gait(...command.split(" "), "--json");
      assert.deepEqual([code, json.error_detail], [2, "state_edited"], command);
    }
    assert.equal((await gait`job run --id a --json -- true`).code, 6); // it waits for its decision
    assert.equal((await gait`job stop --id a --json`).json.warnings.length, 1);
    const checked = await gait`job verify --id a`;
    assert.equal(checked.code, 2);
    assert.match(checked.stdout, /^next: Restore state and log from the same copy/m);
    const { stdout: page } = await gait`job inspect --id a`;
    assert.match(page, /^next: gait job verify --id a$/m);
    assert.doesNotMatch(page, /job resume/);
  }));

Deno.test("job run does not go on with a job whose log was edited; job verify names the line", () =>
  onStage(async ({ gait, read, write }) => {
    await gait`job submit --id a --actor mia`;
    for (const summary of ["one", "two"]) await gait`job checkpoint add --id a --summary ${summary}`;
    const log = "gait-out/jobs/a/events.jsonl";
    await write(log, (await read(log)).replace("cp_0001", "cp_0009"));
    const { code, json } = await gait`job run --id a --json -- true`;
    assert.deepEqual([code, json.error_detail], [2, "event_log_edited"]);
    const { json: { findings: [{ line, message }] } } = await gait`job verify --id a --json`;
    assert.deepEqual([line, /line 2 was changed/.test(message)], [3, true]);
  }));

Deno.test("job run takes no job for done whose state or log was edited to say so", () =>
  onStage(async ({ gait, read, write }) => {
    for (const id of ["a", "b"]) assert.equal((await gait("job", "submit", "--id", id)).code, 0);
    const [state, log] = ["gait-out/jobs/a/state.json", "gait-out/jobs/b/events.jsonl"];
    await write(state, (await read(state)).replace('"running"', '"completed"'));
    assert.equal((await gait`job run --id b -- true`).code, 0);
    assert.equal((await gait`job run --id b -- true`).code, 0);
    const other = await gait`job run --id b --json -- false`;
    assert.deepEqual([other.code, other.json.error_detail], [6, "other_command"]);
    await write(log, (await read(log)).replaceAll(/"command_sha256":"./g, '"command_sha256":"x'));
    for (const [id, detail] of [["a", "state_edited"], ["b", "event_log_edited"]] as const) {
      const { code, json } = await gait("job", "run", "--id", id, "--json", "--", "true");
      assert.deepEqual([code, json.error_detail], [2, detail]);
    }
  }));

Deno.test("job verify --require-chain refuses events that another program wrote", () =>
  onStage(async ({ gait, read, write }) => {
    await gait`job submit --id a`;
    const [log, state] = ["gait-out/jobs/a/events.jsonl", "gait-out/jobs/a/state.json"];
    await write(log, unlinkedLog(await read(log)));
    await write(state, unlinkedState(await read(state)));
    const lenient = await gait`job verify --id a --json`;
    assert.deepEqual([lenient.code, lenient.json.events_unchained], [0, 1]);
    const strict = await gait`job verify --id a --require-chain --json`;
    assert.deepEqual([strict.code, strict.json.findings[0].code], [2, "not_chained"]);
  }));

Deno.test("a job whose command has ended says after its resume how to start it again", () =>
  onStage(async ({ gait, write }) => {
    const runner = { attempt: 1, pid: 0, started_at: "", heartbeat_at: "", ended_at: "2026-01-01T00:00:00Z" };
    await gait`job submit --id a`;
    await gait`job pause --id a`;
    await write("gait-out/jobs/a/runner.json", JSON.stringify(runner));
    assert.match((await gait`job resume --id a`).stdout, /^next: gait job run --id a -- /m);
    assert.match((await gait`job status --id a`).stdout, /^next: gait job run --id a -- /m);
    await gait`job pause --id a`;
    await write("gait-out/jobs/a/runner.json", "{");
    assert.equal((await gait`job resume --id a --json`).json.job.status, "running");
  }));

Deno.test("a decision is approved by a token that its approver signed after seeing it", () =>
  onStage(async ({ gait, files }) => {
    for (const name of ["lead", "eve"]) await gait("keys", "init", "--out-dir", name, "--prefix", name);
    const [key, pub] = ["lead/lead_private.key", "lead/lead_public.key"];
    assert.equal((await gait`job submit --id etl --actor agent --approval-public-key ${pub}`).code, 0);
    await gait`job checkpoint add --id etl --type decision-needed --summary drop? --required-action approve --actor agent`;
    const unsigned = await gait`job approve --id etl --actor lead --json`;
    assert.deepEqual([unsigned.code, unsigned.json.error_detail], [6, "signed_approval_missing"]);
    // No signature without a question.
    const mint = (...more: string[]) =>
      gait(
        ...[
          "approve",
          "--job",
          "etl",
          "--ttl",
          "30m",
          "--approver",
          "lead",
          "--reason-code",
          "CHG-7",
          "--json",
        ],
        ...["--key-mode", "prod", ...more],
      );
    assert.equal((await mint("--private-key", key)).code, 8);
    const forged = await mint("--private-key", "eve/eve_private.key", "--yes", "--out", "forged.json");
    const signed = await mint("--private-key", key, "--yes", "--out", "token.json");
    assert.deepEqual([forged.code, signed.code, signed.json.checkpoint.checkpoint_id], [0, 0, "cp_0001"]);
    const refused = await gait`job approve --id etl --approval-token forged.json --json`;
    assert.deepEqual([refused.code, refused.json.error_detail], [2, "approval_token_signature_invalid"]);
    assert.equal((await gait`job approve --id etl --approval-token token.json`).code, 0);
    const demand =
      await gait`job resume --id etl --require-signed-approval --approval-public-key ${pub} --json`;
    assert.deepEqual([demand.code, demand.json.job.status], [0, "running"]);
    // Token and keys are in the pack of the job, whose readers take any payload of an event.
    assert.equal((await gait`pack build --type job --from etl --out etl.zip`).code, 0);
    assert.equal((await gait`pack verify etl.zip`).code, 0);
    assert((await files()).includes("etl.zip"));
  }));

Deno.test("approve takes a job or a call, not both, and a checkpoint with its job only", () =>
  onStage(async ({ gait }) => {
    await gait`job submit --id etl`;
    const base = ["approve", "--ttl", "30m", "--approver", "a", "--reason-code", "r", "--yes", "--json"];
    for (
      const more of [
        ["--job", "etl", "--intent-digest", "a".repeat(64)],
        ["--checkpoint", "cp_0001"],
        ["--job", "etl"],
        ["--job", "none"],
      ]
    ) {
      assert.equal((await gait(...base, ...more)).code, 6, more.join(" "));
    }
    const unkeyed = await gait`job resume --id etl --require-signed-approval --json`;
    assert.equal(unkeyed.code, 6);
  }));

Deno.test("job approve warns when the requester approves under another spelling of its name", () =>
  onStage(async ({ gait }) => {
    await gait`job submit --id etl --actor mia --identity agent`;
    await gait`job checkpoint add --id etl --type decision-needed --summary drop? --required-action approve --actor mia`;
    for (const actor of ["mia", "Mia", "m\u200bia", "agent"]) {
      const { json } = await gait`job approve --id etl --actor ${actor} --checkpoint cp_0001 --json`;
      assert.deepEqual(json.warnings, ["the approver also requested this decision"], actor);
    }
  }));

Deno.test("a job that was edited is shown as fine by no command", () =>
  onStage(async ({ gait, read, write }) => {
    for (const id of ["a", "b", "good"]) await gait`job submit --id ${id} --actor mia`;
    await gait`job stop --id a`;
    const [state, log] = ["gait-out/jobs/a/state.json", "gait-out/jobs/b/events.jsonl"];
    await write(state, (await read(state)).replaceAll("emergency_stopped", "running"));
    await write(log, (await read(log)).replace('"actor":"mia"', '"actor":"eve"'));
    for (const [id, code] of [["a", "state_edited"], ["b", "event_log_edited"]] as const) {
      const status = await gait`job status --id ${id} --json`;
      assert.deepEqual([status.code, status.json.ok, status.json.findings[0].code], [2, false, code]);
      const shown = await gait`job status --id ${id}`;
      assert.match(shown.stdout, new RegExp(`^${code}: `, "m"));
      assert.match(shown.stdout, new RegExp(`^next: gait job verify --id ${id}$`, "m"));
    }
    const { code, json: { jobs } } = await gait`job list --json`;
    assert.equal(code, 0);
    assert.deepEqual(jobs.map((job: { findings?: { code: string }[] }) => job.findings?.[0]?.code), [
      "state_edited",
      "event_log_edited",
      undefined,
    ]);
    assert.match((await gait`job list`).stdout, /state_edited +a \(2\) running: /);
    const { checks } = (await gait`doctor --json`).json;
    const found = checks.find(({ name }: { name: string }) => name === "job_runtime_durability");
    assert.deepEqual([found.status, found.message], ["fail", "a:state_edited,b:event_log_edited"]);
    await gait`job pause --id b`;
    const watched = await gait`job watch --id b --until idle --json`;
    assert.deepEqual([watched.code, watched.json.findings[0].code], [2, "event_log_edited"]);
  }));

Deno.test("the next step of a decision that takes signed approvals alone is to sign one", () =>
  onStage(async ({ gait }) => {
    await gait("keys", "init", "--out-dir", "lead", "--prefix", "lead");
    await gait`job submit --id etl --actor agent --approval-public-key lead/lead_public.key`;
    const ask = ["--type", "decision-needed", "--summary", "drop?", "--required-action", "approve"];
    const shown = [
      await gait("job", "checkpoint", "add", "--id", "etl", ...ask),
      await gait`job status --id etl`,
      await gait`job inspect --id etl`,
      await gait`job pause --id etl`,
    ];
    for (const { stdout } of shown) {
      assert.match(stdout, /^next: gait approve --job etl --checkpoint cp_0001 --approver <name> /m);
      assert.match(stdout, /^ +gait job approve --id etl --checkpoint cp_0001 --approval-token <file>$/m);
      assert.doesNotMatch(stdout, /--actor/);
    }
    assert.match(
      (await gait`job resume --id etl --json`).json.hint,
      /^Sign one with: gait approve --job etl/,
    );
  }));
