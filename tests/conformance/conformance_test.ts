import assert from "node:assert/strict";
import { repository, shared } from "../support/places.ts";
import { FINISHED_AREAS, FINISHED_CASES, LATER } from "./areas.ts";

/** Cases of ../shared/conformance that must pass, as `area/name`. */
async function wantedCases(folder: string): Promise<string[]> {
  const wanted: string[] = [];
  for await (const area of Deno.readDir(folder)) {
    for await (const { name } of Deno.readDir(`${folder}/${area.name}`)) {
      const id = `${area.name}/${name}`;
      const finished = FINISHED_AREAS.includes(area.name) ||
        FINISHED_CASES.some((begin) => id.startsWith(begin));
      if (finished && !(id in LATER)) wanted.push(id);
    }
  }
  return wanted.sort();
}

Deno.test("gait passes every recorded case of the finished areas", async () => {
  const conformance = await shared("conformance");
  if (conformance === undefined) return;
  const wanted = await wantedCases(`${conformance}/cases`);
  assert.ok(wanted.length > 60, "cases are missing");
  const report = await Deno.makeTempFile();
  const { code, stderr } = await new Deno.Command("python3", {
    args: [
      `${conformance}/run`,
      "--gait",
      `${repository}bin/gait`,
      "--json",
      report,
      ...wanted.flatMap((id) => ["--only", id]),
    ],
  }).output();
  const results: Record<string, string[]> = JSON.parse(await Deno.readTextFile(report).catch(() => "{}"));
  await Deno.remove(report);
  const problems = Object.fromEntries(Object.entries(results).filter(([, found]) => found.length > 0));
  assert.deepEqual(problems, {});
  assert.equal(Object.keys(results).length, wanted.length, new TextDecoder().decode(stderr));
  assert.equal(code, 0);
});
