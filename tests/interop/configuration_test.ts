/* The guide to project defaults tells of every key, and its example is one. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parseDefaults } from "../../lib/config/parse.ts";
import { SECTIONS } from "../../lib/config/sections.ts";
import { repository } from "../support/places.ts";

const guide = await Deno.readTextFile(`${repository}docs/configuration.md`);

Deno.test("docs/configuration.md lists every key, and no other", () => {
  const listed = [...guide.matchAll(/^\| `([a-z_.]+)` /gm)].map(([, key]) => key!);
  const known = Object.entries(SECTIONS).flatMap(([section, keys]) =>
    Object.keys(keys).map((key) => section === "gate" ? key : `${section}.${key}`)
  );
  assert.deepEqual(listed.toSorted(), known.toSorted());
});

Deno.test("docs/configuration.md shows project defaults that can be used", async () => {
  const [, example] = /```yaml file=\.gait\/config\.yaml\n([^`]+)```/.exec(guide)!;
  assert.equal((await parseDefaults(utf8(example!), "example")).gate.single_use_approvals, true);
});
