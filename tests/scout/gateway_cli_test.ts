import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { published, validator } from "../support/schemas.ts";

const LOG = [
  '{"tool":"mail.send","verdict":"deny","ts":"2026-04-01T10:00:00.25Z"}',
  '{"tool":"mail.read","verdict":"allow","ts":1775037600}',
  '{"tool":"mail.read","verdict":"odd","ts":1775037601}',
].join("\n") + "\n";
const OUT = "gateway_kong_policy_enforcement.jsonl";

/** Lines of which another reader would record another event. */
const AMBIGUOUS = [
  '{"tool":"t","verdict":"allow","Verdict":"block"}',
  '{"tool":"t","verdict":"allow","verdict":"block"}',
  '{"tool":"t","verdict":"allow","verd\\u0069ct":"block"}',
  '{"tool":"t","DECISION":"block"}',
  '{"tool":"t","verdict":"allow","\u017ftatus":500}',
  '{"verdict":"allow","route":{"name":"a","Name":"b"}}',
  '{"verdict":"allow","route":{"name":"a"},"Route":{"name":"b"}}',
];

/** Ingest a log and sign with a key whose public half is team_public.key. */
async function ingest({ gait, write }: Stage, log = LOG, ...more: string[]) {
  await write("a.log", log);
  await gait`keys init --out-dir keys --prefix team`;
  return await gait`gateway ingest --source kong --log-path a.log --key-mode prod --private-key keys/team_private.key ${more} --json`;
}

Deno.test("gateway ingest prints the public half of a fresh key, which verifies what it wrote", () =>
  onStage(async ({ gait, write }) => {
    await write("a.log", LOG);
    const { json } = await gait`gateway ingest --source kong --log-path a.log --json`;
    await write("fresh.key", `${json.public_key}\n`);
    assert.equal((await gait`gateway verify ${OUT} --public-key fresh.key`).code, 0);
    const fits = validator(published("gateway/output.schema.json"));
    assert.ok(fits(json), JSON.stringify(fits.errors));
  }));

Deno.test("what gateway ingest writes is what gateway verify takes, and only with a trusted key", () =>
  onStage(async (stage) => {
    const { gait, path } = stage;
    const made = await ingest(stage);
    assert.deepEqual([made.code, made.json.output_records, made.json.unknown_verdicts], [0, 3, 1]);
    const fits = validator(published("gateway/output.schema.json"));
    assert.ok(fits(made.json), JSON.stringify(fits.errors));
    assert.ok(!fits({ ...made.json, operation: "verify" }));
    assert.equal((await Deno.lstat(path(OUT))).mode! & 0o777, 0o644);
    const good = await gait`gateway verify ${OUT} --public-key keys/team_public.key --json`;
    assert.deepEqual([good.code, good.json.ok, good.json.signatures, good.json.records], [
      0,
      true,
      "verified",
      3,
    ]);
    const unchecked = await gait`gateway verify ${OUT} --json`;
    assert.deepEqual([unchecked.code, unchecked.json.ok, unchecked.json.signatures], [2, false, "unchecked"]);
    const integrity = await gait`gateway verify ${OUT} --integrity-only --json`;
    assert.deepEqual([integrity.code, integrity.json.signatures], [0, "unchecked"]);
    await gait`keys init --out-dir other --prefix other`;
    assert.equal((await gait`gateway verify ${OUT} --public-key other/other_public.key`).code, 2);
    assert.equal((await gait`gateway verify gone.jsonl --public-key keys/team_public.key`).code, 6);
  }));

Deno.test("gateway verify finds every change, also one of the fraction of a second", () =>
  onStage(async (stage) => {
    const { gait, read, write } = stage;
    await ingest(stage);
    const text = await read(OUT);
    const lines = text.trimEnd().split("\n");
    const changes: Record<string, string> = {
      fraction: text.replace(
        '"timestamp":"2026-04-01T10:00:00.25Z"',
        '"timestamp":"2026-04-01T10:00:00.75Z"',
      ),
      verdict: text.replace('"verdict":"block"', '"verdict":"allow"'),
      "left out": lines.slice(1).join("\n"),
      swapped: [lines[0], lines[2], lines[1]].join("\n"),
      "said twice": text.replace('"record_type":', '"record_type":"policy_enforcement","record_type":'),
      empty: "",
      torn: text.slice(0, -20),
    };
    for (const [what, changed] of Object.entries(changes)) {
      assert.notEqual(changed, text, what);
      await write("changed.jsonl", changed);
      const { code, json } =
        await gait`gateway verify changed.jsonl --public-key keys/team_public.key --json`;
      assert.deepEqual([code, json.ok], [2, false], what);
    }
  }));

Deno.test("gateway ingest fails on a line that is no event, or leaves such lines out and counts them", () =>
  onStage(async (stage) => {
    const { files, read, gait } = stage;
    for (const bad of ["oops", "null", "[1]", '{"a":', '{"ts":999999999999}', ...AMBIGUOUS]) {
      const { code, json } = await ingest(stage, `${LOG}${bad}\n`);
      assert.deepEqual([code, json.ok, json.operation, json.error_code], [
        6,
        false,
        "ingest",
        "invalid_input",
      ], bad);
      assert.ok(!(await files()).includes(OUT), bad);
    }
    const { code, json } = await ingest(stage, `oops\n${LOG}null\n`, "--skip-invalid");
    assert.deepEqual([code, json.output_records, json.skipped_lines, json.first_skipped_lines], [0, 3, 2, [
      1,
      5,
    ]]);
    const ambiguous = await ingest(stage, `${LOG}${AMBIGUOUS.join("\n")}\n`, "--skip-invalid");
    assert.deepEqual([ambiguous.json.output_records, ambiguous.json.skipped_lines], [3, AMBIGUOUS.length]);
    assert.equal((await read(OUT)).split("\n").length, 4);
    assert.equal((await gait`gateway verify ${OUT} --public-key keys/team_public.key`).code, 0);
  }));

Deno.test("gateway ingest says that it read nothing, and puts nothing in the place of records", () =>
  onStage(async (stage) => {
    const { read, gait } = stage;
    const empty = await ingest(stage, "\n \n");
    assert.deepEqual([empty.code, await read(OUT)], [0, ""]);
    assert.match(empty.json.warnings.join(), /"a\.log" holds no event/);
    const text = await gait`gateway ingest --source kong --log-path a.log --key-mode dev`;
    assert(!text.stdout.includes("ingest ok"), text.stdout);
    assert.equal((await gait`gateway verify ${OUT} --public-key keys/team_public.key`).code, 2);
    await ingest(stage);
    const records = await read(OUT);
    const again = await ingest(stage, "\n");
    assert.deepEqual([again.code, again.json.error_detail], [6, "output_exists"]);
    const foreign = await ingest(stage, "oops\n", "--skip-invalid");
    assert.deepEqual([foreign.code, await read(OUT)], [6, records]);
  }));

Deno.test("a wrapped line of docker is refused when it can be read in two ways, inside or outside", () =>
  onStage(async ({ gait, write }) => {
    const lines = [
      ...AMBIGUOUS.flatMap((line) => [line, JSON.stringify({ log: line })]),
      '{"log":"{\\"verdict\\":\\"allow\\"}","Log":"{\\"verdict\\":\\"block\\"}"}',
      '{"log":"{\\"verdict\\":\\"allow\\"}","Verdict":"block"}',
    ];
    for (const line of lines) {
      await write("d.log", `${line}\n`);
      assert.equal(
        (await gait`gateway ingest --source docker --log-path d.log --key-mode dev`).code,
        6,
        line,
      );
    }
    await write("d.log", 'plain text\n{"log":"{\\"verdict\\":\\"deny\\"}","stream":"stdout"}\n');
    const { json } = await gait`gateway ingest --source docker --log-path d.log --key-mode dev --json`;
    assert.deepEqual([json.output_records, json.unknown_verdicts], [2, 1]);
  }));

Deno.test("gateway ingest replaces its own output alone, and neither the log nor a key", () =>
  onStage(async (stage) => {
    const { gait, write, read, path } = stage;
    await ingest(stage);
    assert.equal((await ingest(stage)).code, 0);
    await write("mine.txt", "mine");
    await Deno.symlink("mine.txt", path("link.jsonl"));
    for (
      const out of [
        "mine.txt",
        "link.jsonl",
        "a.log",
        "./a.log",
        "keys/team_private.key",
        "keys",
        "../x",
        ".",
      ]
    ) {
      assert.equal((await ingest(stage, LOG, "--proof-out", out)).code, 6, out);
    }
    assert.deepEqual([await read("mine.txt"), await read("a.log")], ["mine", LOG]);
    for (const log of ["/dev/zero", "keys", ".", "gone"]) {
      assert.equal(
        (await gait`gateway ingest --source kong --log-path ${log} --proof-out x.jsonl`).code,
        6,
        log,
      );
    }
  }));

Deno.test("gateway ingest survives what Docker wraps, a status beyond 64 bits and a time of zero", () =>
  onStage(async ({ gait, write, read }) => {
    const lines = [
      '{"log":"null","status":200}',
      '{"log":"{\\"status\\":403}\\n","stream":"stdout","time":"2026-04-01T00:00:00Z"}',
      "plain text",
      '{"status":99999999999999999999,"verdict":"allow"}',
      '{"ts":"0001-01-01T00:00:00Z"}',
    ];
    await write("d.log", lines.join("\n"));
    assert.equal((await gait`gateway ingest --source docker --log-path d.log --proof-out p.jsonl`).code, 0);
    const records = (await read("p.jsonl")).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(records.map(({ event }) => [event.gateway_status_code, event.verdict]), [
      [200, "allow"],
      [403, "block"],
      [0, "unknown"],
      [0, "allow"],
      [0, "unknown"],
    ]);
    assert.equal(records[4].timestamp, "0001-01-01T00:00:00Z");
  }));
