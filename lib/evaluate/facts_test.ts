import assert from "node:assert/strict";
import { anIntent } from "../../tests/support/gate.ts";
import { compileWorkspacePrefixes, factsOf, normalPrefix } from "./facts.ts";

const fits = (guards: boolean, prefix: string, workspace: string) =>
  compileWorkspacePrefixes([prefix], guards)(factsOf(anIntent({ context: { workspace } })));

Deno.test("a workspace prefix with a slash is a folder with all below it, others end anywhere", () => {
  for (const guards of [true, false]) {
    assert.equal(fits(guards, "/srv/repo/", "/srv/repo"), true);
    assert.equal(fits(guards, "/srv/repo/", "/srv/repo/sub"), true);
    assert.equal(fits(guards, "/srv/repo/", "/srv/repo-evil"), false);
    assert.equal(fits(guards, "/srv/led", "/srv/ledger"), true);
    assert.equal(fits(guards, "/srv//x/../repo/", "/srv/./repo//sub/"), true);
    assert.equal(fits(guards, "C:\\work\\", "C:/work/a"), true);
    assert.equal(fits(guards, "/", "/srv"), true);
    assert.equal(fits(guards, "/srv", "srv"), guards);
  }
});

Deno.test("a workspace that may be elsewhere fits a guard, and no rule that lets calls pass", () => {
  const spellings = [
    "/srv/repo/../other",
    "/srv/repo/%2e%2e/other",
    "/srv/repo/..\\other",
    "/srv/repo\0",
    "/srv/repo/%c0%ae",
    "/srv/%72epo",
    "/SRV/repo",
    "/s\u200brv/repo",
    "srv/repo",
    "../../srv/repo",
    "~/x",
    "$HOME/x",
  ];
  for (const workspace of spellings) {
    assert.equal(fits(false, "/srv/repo", workspace), false, workspace);
    assert.equal(fits(true, "/srv/repo", workspace), true, workspace);
  }
});

Deno.test("normalPrefix() cleans the folder and leaves the begin of a name alone", () => {
  const rows = [["/srv/.", "/srv/."], ["/srv/./.", "/srv/."], ["/", "/"], ["a", "a"], ["./a", "./a"], [
    "x//",
    "x/",
  ]];
  for (const [prefix, normal] of rows) assert.equal(normalPrefix(prefix!), normal);
});
