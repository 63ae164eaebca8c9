import assert from "node:assert/strict";
import fc from "fast-check";
import { entry, FAKE_TABLE, fakeCli } from "../../tests/support/fake_cli.ts";
import { onShellStage } from "../../tests/support/shell_stage.ts";
import { testUnless, withoutProgram } from "../../tests/support/test_unless.ts";
import { bool } from "../commands/define.ts";
import { withBuiltins } from "./builtins.ts";
import { loadAll, ownFlagRows } from "./catalog.ts";
import { dispatch } from "./dispatch.ts";
import { manPage } from "./man.ts";
import { roffArgument, roffText } from "./roff.ts";
import { ENVIRONMENT, EXIT_STATUSES } from "./man_sections.ts";

const HOSTILE = `.so /etc/passwd \\fB"quoted" 'x' -- \`y\` ~ ^ é — 😀`;
const TABLE = withBuiltins([
  ...FAKE_TABLE,
  entry("probe", {
    explain: HOSTILE,
    flags: { loud: bool(`'br ${HOSTILE}`) },
    examples: [`.sy touch pwned`],
  }),
]);
const listed = await loadAll(TABLE);
const page = manPage(listed, "1.2.3");
const lines = page.split("\n");

Deno.test("manPage() begins with its title, without a date, and has all sections in order", () => {
  assert.equal(lines[0], '.TH GAIT 1 "" "gait 1.2.3" "User Commands"');
  assert.deepEqual(lines.filter((line) => line.startsWith(".SH ")).map((line) => line.slice(4)), [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "COMMON FLAGS",
    "EXIT STATUS",
    "ENVIRONMENT",
    "FILES",
    "EXAMPLES",
  ]);
});

Deno.test("manPage() has every command with every flag, every status and every variable", () => {
  const sections = page.split("\n.SS ").slice(1);
  assert.deepEqual(
    sections.map((text) => text.split("\n")[0]),
    TABLE.map(({ name }) => roffArgument(`gait ${name}`)),
  );
  listed.forEach(({ command }, i) => {
    for (const { flag } of ownFlagRows(command)) {
      assert(sections[i]!.includes(`.B ${roffArgument(flag)}\n`), flag);
    }
  });
  for (const [term] of [...EXIT_STATUSES, ...ENVIRONMENT]) {
    assert(lines.includes(`.B ${roffArgument(term)}`), term);
  }
  assert.deepEqual(EXIT_STATUSES.map(([status]) => status), ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
});

Deno.test("manPage() never lets text become a request: only known ones begin a line", () => {
  const requests = new Set(lines.filter((line) => /^[.']/.test(line)).map((line) => line.split(" ")[0]));
  assert.deepEqual([...requests].sort(), [
    ".B",
    ".I",
    ".PP",
    ".RE",
    ".RS",
    ".SH",
    ".SS",
    ".TH",
    ".TP",
    ".fi",
    ".nf",
  ]);
  assert(/^[\x20-\x7e\n]*$/.test(page));
});

testUnless(
  withoutProgram("groff"),
  "manPage() formats without a warning, with the text as it was",
  async () => {
    await onShellStage("groff", page, async ({ shell }) => {
      const { code, out, err } = await shell(
        "-ww",
        "-man",
        "-Tutf8",
        "-P-cbou",
        "-rLL=500n",
        "-rHY=0",
        "script",
      );
      assert.deepEqual([code, err], [0, ""]);
      for (
        const text of [HOSTILE, `'br ${HOSTILE}`, ".sy touch pwned", "gait verify <run_id|path> [flags]"]
      ) {
        assert(out.replace(/ +/g, " ").includes(text), text);
      }
    });
  },
);

Deno.test("roffText() leaves nothing that roff reads as a request, an escape or a quote", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = roffText(text);
    assert(/^[\x20-\x7e]*$/.test(escaped));
    assert(!/^[.']/.test(escaped) && !escaped.includes('"') && !escaped.includes("'"));
    assert.equal(escaped.replace(/\\(?:\([a-z]{2}|\[u[0-9A-F]{4,6}\]|[-&])/g, "").includes("\\"), false);
  }));
  assert.equal(roffText("a-b\\c.d"), "a\\-b\\(rsc.d");
  assert.equal(roffText(".x"), "\\&.x");
  assert.equal(roffText("é😀"), "\\[u00E9]\\[u1F600]");
});

Deno.test("gait man prints the page and keeps nothing but reading, for the commands that it describes", async () => {
  const cli = fakeCli({ table: TABLE });
  assert.equal(await dispatch(["man"], cli), 0);
  assert.equal(cli.printed.out, page);
  assert.deepEqual(cli.happened, ["narrow read"]);
  const json = fakeCli({ table: TABLE });
  await dispatch(["man", "--json"], json);
  assert.equal(JSON.parse(json.printed.out).page, page);
});
