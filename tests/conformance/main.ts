/**
 * `deno task conformance [--gait COMMAND] [-v] [area[/case]]...`: run the recorded cases of testdata/conformance and
 * print the score. Exits 1 when a case fails that is not listed in red.txt there, or one passes that is.
 */
import { parseArgs } from "node:util";
import { repository } from "../support/places.ts";
import { readCases, readRed } from "./case.ts";
import { missingNeed } from "./needs.ts";
import { runCases } from "./runner.ts";

const { values: flags, positionals: only } = parseArgs({
  options: {
    gait: { type: "string", default: `${repository}bin/gait` },
    json: { type: "string" },
    verbose: { type: "boolean", short: "v", default: false },
  },
  allowPositionals: true,
});

const gait = flags.gait.split(" ").filter((word) => word !== "");
if (gait[0]?.includes("/")) gait[0] = await Deno.realPath(gait[0]);
const chosen = readCases(only);
if (chosen.size === 0) throw new Error(`No case is named ${only.join(", ")}`);
const red = readRed();

const skipped = new Map([...chosen].flatMap(([id, recorded]) => {
  const need = missingNeed(recorded);
  return need === undefined ? [] : [[id, need]];
}));
const results = await runCases(gait, new Map([...chosen].filter(([id]) => !skipped.has(id))));

let surprises = 0;
for (const [id, problems] of results) {
  const passed = problems.length === 0;
  if (passed === red.has(id)) surprises++;
  if (!passed && !red.has(id)) console.log([`FAIL ${id}`, ...problems.slice(0, 4)].join("\n     "));
  else if (!passed && flags.verbose) console.log([`red  ${id}`, ...problems.slice(0, 4)].join("\n     "));
  else if (passed && red.has(id)) console.log(`PASS ${id}: take it off testdata/conformance/red.txt`);
  else if (flags.verbose) console.log(`ok   ${id}`);
}
for (const [id, need] of skipped) console.log(`skip ${id}: it needs ${need}`);

const areas = Map.groupBy(results, ([id]) => id.slice(0, id.indexOf("/")));
for (const [area, of] of areas) {
  const passed = of.filter(([, problems]) => problems.length === 0).length;
  console.log(`${area.padEnd(14)} ${passed}/${of.length}`);
}
const failed = [...results].filter(([, problems]) => problems.length > 0).map(([id]) => id);
const listed = failed.filter((id) => red.has(id)).length;
console.log(
  `conformance: ${
    results.size - failed.length
  } passed, ${failed.length} failed (${listed} of them in red.txt), ` +
    `${skipped.size} skipped`,
);
if (flags.json) await Deno.writeTextFile(flags.json, JSON.stringify(Object.fromEntries(results), null, 1));
Deno.exit(surprises === 0 ? 0 : 1);
