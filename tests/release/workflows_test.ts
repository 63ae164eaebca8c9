/** .github/workflows: checked by actionlint, with pinned actions, least permissions, and scripts that exist. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { filesBelow, repository } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

const paths = await filesBelow(`${repository}.github/workflows`, /\.yml$/);
const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));

const actionlint = `${repository}.cache/go/bin/actionlint-v1.7.7`;
const noActionlint = await Deno.stat(actionlint).then(
  () => undefined,
  () => "actionlint is absent; scripts/install_actionlint.sh installs it",
);

testUnless(noActionlint, "actionlint has nothing to say about the workflows", async () => {
  const { code, stdout } = await new Deno.Command(actionlint, { args: paths, cwd: repository }).output();
  assert.equal(code, 0, new TextDecoder().decode(stdout));
});

Deno.test("every action is pinned by its digest", () => {
  for (const [, used] of texts.join("\n").matchAll(/uses: (\S+)/g)) {
    assert.match(used!, /^(\.\/|[\w.-]+\/[\w./-]+@[0-9a-f]{40}$)/);
  }
});

Deno.test("a workflow may read, and a job gets what it needs alone: no identity beside a stored secret", () => {
  for (const text of texts) {
    const { permissions, jobs } = parse(text);
    assert.deepEqual(permissions, { contents: "read" });
    for (const [name, job] of Object.entries<{ permissions?: Record<string, string> }>(jobs)) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, access]) => access === "write");
      assert.ok(writes.length <= 1, name);
      if (writes[0]?.[0] === "id-token") assert.doesNotMatch(JSON.stringify(job), /secrets\./, name);
    }
  }
});

Deno.test("what an outsider may name, as a branch, a title or a tag, is never text of a script", () => {
  for (const text of texts) {
    for (const job of Object.values<{ steps?: { run?: string }[] }>(parse(text).jobs)) {
      for (const { run } of job.steps ?? []) assert.doesNotMatch(run ?? "", /\$\{\{/);
    }
    assert.doesNotMatch(text, /pull_request_target|workflow_run|issue_comment/);
  }
});

Deno.test("the job that has the key may not publish, and those that publish have no key", async () => {
  const { jobs } = parse(await Deno.readTextFile(`${repository}.github/workflows/release.yml`));
  for (const [name, job] of Object.entries<{ permissions?: unknown }>(jobs)) {
    const hasKey = JSON.stringify(job).includes("secrets.");
    assert.equal(hasKey, name === "sign", name);
    assert.ok(!hasKey || job.permissions === undefined, name);
  }
});

Deno.test("every file that is published was installed and tried before, on all platforms", async () => {
  const { jobs } = parse(await Deno.readTextFile(`${repository}.github/workflows/release.yml`));
  const needs = (name: string): string[] =>
    [jobs[name].needs ?? []].flat().flatMap((other: string) => [other, ...needs(other)]);
  for (const name of ["publish", "npm", "pypi"]) {
    for (const before of ["test", "compile", "libraries", "sign", "smoke"]) {
      assert.ok(needs(name).includes(before), `${name} after ${before}`);
    }
  }
});

Deno.test("the Deno of a release is pinned by its digest, on each platform", async () => {
  const lock = JSON.parse(await Deno.readTextFile(`${repository}.github/tools/package-lock.json`));
  for (const [path, entry] of Object.entries<{ version: string; integrity?: string }>(lock.packages)) {
    if (path === "") continue;
    assert.deepEqual([path, entry.version], [path, Deno.version.deno]);
    assert.match(entry.integrity ?? "", /^sha512-/, path);
  }
});

Deno.test("the scripts and tasks that a workflow runs are in the repository", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${repository}deno.json`));
  for (const [, path] of texts.join("\n").matchAll(/(?<=\s)((?:scripts|\.ci)\/[\w./]+)/g)) {
    assert.ok((await Deno.stat(repository + path)).isFile, path);
  }
  for (const [, task] of texts.join("\n").matchAll(/(?:\$DENO|deno@[\d.]+) task (?:--quiet )?([\w:]+)/g)) {
    assert.ok(task! in tasks, task);
  }
});
