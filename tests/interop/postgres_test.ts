import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { onPostgres, withoutPostgres } from "../support/postgres.ts";
import { jobPackSample, runPackSample } from "../support/sample_packs.ts";
import { testUnless } from "../support/test_unless.ts";

/** Ids that break a quote, a backslash, a dollar quote, a comment, a parameter mark or a line. */
const NASTY = [
  "o'brien",
  "'); DROP TABLE packs; --",
  "back\\slash \\' \\n",
  "$$dollar$$ $1 :var %s",
  "é 😀 <&>",
  'quote " /* comment */',
  "E'\\x41'",
  "x\\'); DROP TABLE gait_pack_index; --",
  // Under a client encoding such as SJIS the last byte of this character would swallow the quote.
  "い'); DROP TABLE gait_pack_index; --",
];

/** Settings of a session under which a literal may end elsewhere. */
const SETTINGS = [
  "standard_conforming_strings = on",
  "standard_conforming_strings = off",
  "client_encoding = 'SJIS'",
  "client_encoding = 'GBK'",
];

testUnless(
  withoutPostgres,
  "PostgreSQL loads exported packs, again and again and whatever it is set to, and gives every text back as it was",
  () =>
    onStage((stage) =>
      onPostgres(async ({ sql, load }) => {
        const { gait, write, path } = stage;
        for (const [i, id] of NASTY.entries()) {
          await write(`p${i}.zip`, await runPackSample(undefined, (run) => run.run.run_id = id));
          const exported = await gait`pack export p${i}.zip --postgres-sql-out p${i}.sql --json`;
          assert.equal(exported.code, 0, exported.stdout);
          for (const setting of SETTINGS) {
            await sql(`ALTER ROLE postgres SET ${setting}`);
            await load(path(`p${i}.sql`));
            await sql("ALTER ROLE postgres RESET ALL");
          }
          const { pack_id, metrics } = exported.json.export;
          const [row] = await sql(
            `SELECT encode(convert_to(source_ref, 'UTF8'), 'hex'), tool_calls_total, tool_calls_success_rate, ` +
              `extract(epoch FROM created_at)::bigint FROM gait_pack_index WHERE pack_id = '${pack_id}'`,
          );
          const hex = [...new TextEncoder().encode(id)].map((byte) => byte.toString(16).padStart(2, "0"))
            .join(
              "",
            );
          assert.deepEqual(row, [hex, String(metrics.tool_calls_total), "0.5", "315532800"]);
        }
        assert.deepEqual(await sql("SELECT count(*) FROM gait_pack_index"), [[String(NASTY.length)]]);
      })
    ),
);

testUnless(
  withoutPostgres,
  "PostgreSQL runs nothing that a text says when the file is sent as one query, whatever it is set to",
  () =>
    onStage((stage) =>
      onPostgres(async ({ sql }) => {
        const { gait, write, read } = stage;
        await sql("CREATE TABLE victim (x int)");
        for (const [i, id] of NASTY.entries()) {
          const hostile = id.replaceAll("gait_pack_index", "victim").replaceAll("packs", "victim");
          await write("p.zip", await runPackSample(undefined, (run) => run.run.run_id = hostile));
          assert.equal((await gait`pack export p.zip --postgres-sql-out q${i}.sql`).code, 0);
          for (const setting of SETTINGS) {
            await sql(`ALTER ROLE postgres SET ${setting}`);
            // A refusal is as good as a row.
            await sql(await read(`q${i}.sql`)).catch(() => {});
            await sql("ALTER ROLE postgres RESET ALL");
            assert.deepEqual(await sql("SELECT count(*) FROM victim"), [["0"]]);
          }
        }
      })
    ),
);

testUnless(
  withoutPostgres,
  "PostgreSQL keeps tables apart that differ in letter case, and long names with their indexes",
  () =>
    onStage((stage) =>
      onPostgres(async ({ sql, load }) => {
        const { gait, write, path } = stage;
        await write("p.zip", await jobPackSample());
        await sql('CREATE SCHEMA "Audit"');
        const long = "t".repeat(62);
        for (
          const [i, table] of [
            ...["Audit.My_Packs", "my_packs", "My_Packs", "my_packs2", "MY_PACKS"],
            ...[`${long}a`, `${long}b`, "My_Packs"],
          ].entries()
        ) {
          const made = await gait`pack export p.zip --postgres-sql-out ${i}.sql
            --postgres-table ${table}`;
          assert.equal(made.code, 0, made.stderr);
          await load(path(`${i}.sql`));
          const name = table.split(".").map((part) => `"${part}"`).join(".");
          assert.deepEqual(await sql(`SELECT count(*), max(pack_type) FROM ${name}`), [["1", "job"]]);
          const [indexes] = await sql(
            `SELECT count(*) FROM pg_index WHERE indrelid = '${name}'::regclass AND NOT indisprimary`,
          );
          assert.deepEqual(indexes, ["2"], table);
        }
        const bare = ["--postgres-include-ddl=false", "--postgres-table", "nowhere"];
        assert.equal(
          (await gait`pack export p.zip --postgres-sql-out bare.sql ${bare}`).code,
          0,
        );
        await assert.rejects(load(path("bare.sql")));
      })
    ),
);

testUnless(
  withoutPostgres,
  "PostgreSQL loads all of an export with --postgres-transaction, or nothing",
  () =>
    onStage((stage) =>
      onPostgres(async ({ sql }) => {
        const { gait, write, read } = stage;
        await write("p.zip", await jobPackSample());
        const made = await gait`pack export p.zip --postgres-sql-out p.sql --postgres-transaction`;
        assert.equal(made.code, 0, made.stderr);
        const whole = await read("p.sql");
        const broken = whole.replace("COMMIT;", "SELECT 1 / 0;\nCOMMIT;");
        await assert.rejects(sql(broken));
        assert.deepEqual(await sql("SELECT to_regclass('gait_pack_index') IS NULL"), [["t"]]);
        for (let i = 0; i < 2; i++) await sql(whole);
        assert.deepEqual(await sql("SELECT count(*) FROM gait_pack_index"), [["1"]]);
        assert.equal(
          (await gait`pack export p.zip --postgres-sql-out p.sql`).code,
          0,
          "an export is replaced",
        );
      })
    ),
);

Deno.test("a text with a NUL is refused before any SQL is written", () =>
  onStage(async ({ gait, write, files }) => {
    await write("p.zip", await runPackSample(undefined, (run) => run.run.run_id = "a\0b"));
    const { code } = await gait`pack export p.zip --postgres-sql-out p.sql --otel-out o.jsonl`;
    assert.equal(code, 6);
    assert.deepEqual(await files(), ["p.zip"]);
  }));
