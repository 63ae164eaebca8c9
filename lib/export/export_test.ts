import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { parseTime } from "../formats/time.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { forge, jobPackSample, runPackSample, swap } from "../../tests/support/sample_packs.ts";
import { packSample, testKey } from "../../tests/support/sample_run.ts";
import { otelLines } from "./otel_jsonl.ts";
import { otlpLines } from "./otlp.ts";
import { DEFAULT_TABLE, isPostgresSql, parseTable, postgresSql } from "./postgres.ts";
import { demandIntact, encodeExportRecord, exportRecord } from "./record.ts";

Deno.test("exportRecord() counts calls, verdicts and regressions of the run inside", async () => {
  const results = [
    { status: " OK ", result: { verdict: " Block " } },
    { status: "ok", result: { verdict: "needs_approval" } },
    { status: "error", result: { regress_failures: 1.9 } },
    { status: "error", result: { failed: 0.9 } },
    { status: "error", result: { result_status: "FAILED" } },
    { status: "error", result: { reason_codes: ["x", "Regress_Drift"] } },
    { status: "error", result: { reason: "regression" } },
    { status: "error", result: {} },
  ].map((result, i) => ({ intent_id: `i${i}`, ...result }));
  const pack = await runPackSample(undefined, (run) => run.results = results);
  const { metrics, createdAt } = await exportRecord(pack);
  assert.deepEqual(metrics, {
    toolCalls: 8,
    succeeded: 2,
    successRate: 0.25,
    policyBlocked: 1,
    approvalRequired: 1,
    regressFailures: 3,
  });
  assert.equal(createdAt, "1980-01-01T00:00:00Z");
  const none = await exportRecord(await runPackSample(undefined, (run) => run.results = []));
  assert.equal(none.metrics.toolCalls, 3);
  assert.equal((await exportRecord(await jobPackSample())).metrics.toolCalls, 0);
});

Deno.test("exportRecord() reports damage, and refuses what a record can't express", async () => {
  const pack = await runPackSample();
  const damaged = await exportRecord(await swap(pack, { [PACK_ENTRY.runPayload]: "{}", "x.txt": "x" }));
  const encoded = encodeExportRecord(damaged);
  assert.equal(encoded.hash_mismatches, 1);
  assert.equal(encoded.undeclared_files, 1);
  assert.equal(encoded.missing_files, 0);
  assert.throws(() => demandIntact(damaged, "pack"), { code: "verification_failed", detail: "pack_damaged" });
  const contradicts = await forge(pack, { [PACK_ENTRY.runpack]: "garbage" });
  await assert.rejects(exportRecord(contradicts), { code: "verification_failed" });
  const key = await testKey(1);
  const trusted = { source: "flag", key: (await testKey(2)).public } as const;
  await assert.rejects(exportRecord(await runPackSample(key), { trusted }), { detail: "signature_failed" });
  await assert.rejects(exportRecord(pack, { trusted, requireSignature: true }), {
    detail: "signature_failed",
  });
  const good = { trusted: { source: "flag", key: key.public }, requireSignature: true } as const;
  assert.equal((await exportRecord(await runPackSample(key), good)).report.signature.valid, 1);
  await assert.rejects(exportRecord(utf8("x")), { code: "invalid_input" });
});

Deno.test("otelLines() writes eight lines with every digit of the time", async () => {
  const { bytes } = await packSample((run) => run.run.created_at = "2026-03-01T09:00:00.123456789Z");
  const lines = await otelLines(await exportRecord(bytes));
  assert.equal(lines.length, 8);
  assert.ok(lines.every((line) => line.includes('_unix_nano":1772355600123456789')));
  const [span] = lines.map((line) => JSON.parse(line));
  assert.match(span.trace_id, /^[0-9a-f]{32}$/);
  assert.equal(span.status.code, "ok");
  assert.deepEqual(lines.map((line) => JSON.parse(line).record_type), [
    "span",
    "event",
    ...Array(6).fill("metric"),
  ]);
});

Deno.test("postgresSql() quotes every text and refuses NUL", async () => {
  const record = await exportRecord(
    await runPackSample(undefined, (run) => run.run.run_id = "o'brien \\ '); DROP!"),
  );
  const sql = await postgresSql(record, { table: parseTable("Audit.My_Packs"), ddl: false });
  assert.ok(sql.includes('\nINSERT INTO "Audit"."My_Packs" ('));
  assert.ok(sql.startsWith("SET standard_conforming_strings = on;\nSET client_encoding = 'UTF8';\n"));
  assert.ok(sql.includes("U&'o''brien \\ ''); DROP!!' UESCAPE '!'"));
  const plain = await postgresSql(await exportRecord(await jobPackSample()), {
    table: parseTable(DEFAULT_TABLE),
    ddl: false,
  });
  assert.ok(plain.startsWith("INSERT INTO"), "a plain text needs no settings");
  const nul = { ...record, report: { ...record.report, sourceRef: "a\0b" } };
  await assert.rejects(postgresSql(nul, { table: parseTable(DEFAULT_TABLE), ddl: true }), {
    code: "invalid_input",
  });
  const rate = { ...record, metrics: { ...record.metrics, successRate: 1 / 3 } };
  assert.ok(
    (await postgresSql(rate, { table: parseTable(DEFAULT_TABLE), ddl: false })).includes(", 0.333333,"),
  );
  const time = { ...record, createdAt: parseTime("2026-01-01T00:00:00.5Z") };
  assert.ok(
    (await postgresSql(time, { table: parseTable(DEFAULT_TABLE), ddl: false })).includes(
      "'2026-01-01T00:00:00.5Z'::",
    ),
  );
});

Deno.test("postgresSql() distinguishes indexes of long table names", async () => {
  const record = await exportRecord(await jobPackSample());
  const indexes = async (name: string) =>
    [...(await postgresSql(record, { table: parseTable(name), ddl: true })).matchAll(/"(idx_[^"]*)"/g)].map((
      match,
    ) => match[1]!);
  const [left, right] = [await indexes("t".repeat(60) + "a"), await indexes("t".repeat(60) + "b")];
  const all = [...left, ...right];
  assert.equal(new Set(all).size, 4);
  assert.ok(all.every((name) => name.length <= 63));
  assert.deepEqual(await indexes("My_Packs"), [
    "idx_my_packs_pack_type_created_at",
    "idx_my_packs_source_ref",
  ]);
});

Deno.test("postgresSql() makes an index under a name of the table's own where another table has the usual one", async () => {
  const record = await exportRecord(await jobPackSample());
  const own = async (name: string) => {
    const sql = await postgresSql(record, { table: parseTable(name), ddl: true });
    return [...sql.matchAll(/EXISTS (idx_\w+_source_ref) ON "/g)].map((match) => match[1]!);
  };
  const names = [...await own("Packs"), ...await own("PACKS")];
  assert.equal(new Set(names).size, 2);
  assert.ok(names.every((name) => /^idx_packs_[0-9a-f]{8}_source_ref$/.test(name)), names.join());
  assert.deepEqual(await own("packs"), [], "a name in lower case has the usual one to itself");
  assert.deepEqual(await own("T".repeat(60)), [], "a long name has the digest at once");
  const [fits] = await own("T".repeat(48));
  assert.ok(fits !== undefined && fits.length <= 63, fits);
});

Deno.test("postgresSql() makes the file a transaction only when asked, and such a file is known as an export", async () => {
  const record = await exportRecord(await jobPackSample());
  const options = { table: parseTable(DEFAULT_TABLE), ddl: true };
  const plain = await postgresSql(record, options);
  const whole = await postgresSql(record, { ...options, transaction: true });
  assert.equal(whole, `BEGIN;\n${plain}COMMIT;\n`);
  assert.ok(isPostgresSql(utf8(plain)) && isPostgresSql(utf8(whole)));
  assert.equal(isPostgresSql(utf8(`${whole}DELETE FROM packs;\n`)), false);
});

Deno.test("parseTable() takes one or two plain identifiers", () => {
  assert.deepEqual(parseTable(DEFAULT_TABLE), { name: "gait_pack_index" });
  assert.deepEqual(parseTable(" Audit . My_Packs "), { schema: "Audit", name: "My_Packs" });
  for (const name of ["", " ", "a.b.c", "9a", "a.", ".a", "a;drop", 'a"b', "a b", "é", "t".repeat(64)]) {
    assert.throws(() => parseTable(name), { code: "invalid_input" }, name);
  }
});

Deno.test("postgresSql() and otlpLines() keep times that their readers can't hold out", async () => {
  const record = await exportRecord(await jobPackSample());
  const at = (time: string) => ({ ...record, createdAt: parseTime(time) });
  const options = { table: parseTable(DEFAULT_TABLE), ddl: false };
  await assert.rejects(postgresSql(at("0000-12-31T23:59:59Z"), options), { code: "invalid_input" });
  const nothing = () => Promise.resolve({ calls: [], jobEvents: [] });
  for (
    const [time, nanos] of [
      ["1969-12-31T23:59:59Z", "0"],
      ["1970-01-01T00:00:00.000000001Z", "1"],
      ["2554-07-21T23:34:33.709551615Z", "18446744073709551615"],
      ["2554-07-21T23:34:33.709551616Z", "0"],
      ["9999-12-31T23:59:59Z", "0"],
    ] as const
  ) {
    const [traces] = await otlpLines(at(time), nothing, "1");
    assert.equal(JSON.parse(traces!).resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano, nanos, time);
  }
});
