import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const OPEN = "default_verdict: allow\n";
const DEAD = "rules:\n  - {name: guard, effect: block, match: {target_kinds: [file]}}\n";
const CLEAN = "default_verdict: block\n";

Deno.test("policy lint ends with 2 for errors, with --strict for warnings too, else with 0", () =>
  onStage(async ({ gait, write }) => {
    await write("open.yaml", OPEN);
    await write("dead.yaml", DEAD);
    await write("clean.yaml", CLEAN);
    for (
      const [args, code] of [
        [["clean.yaml", "--strict"], 0],
        [["open.yaml"], 0],
        [["open.yaml", "--strict"], 2],
        [["open.yaml", "--profile", "oss-prod"], 2],
        [["dead.yaml"], 2],
      ] as const
    ) {
      const text = await gait`policy lint ${args}`;
      assert.equal(text.code, code, args.join(" "));
      assert.equal(text.stderr, "");
      const { code: status, json } = await gait`policy lint ${args} --json`;
      assert.equal(status, code);
      assert.equal(json.ok, code === 0);
    }
  }));

Deno.test("policy lint --json names each finding, its place and what to do", () =>
  onStage(async ({ gait, write }) => {
    await write("dead.yaml", DEAD);
    const { json } = await gait`policy lint dead.yaml --json`;
    const { json: valid } = await gait`policy validate dead.yaml --json`;
    assert.equal(json.policy_path, "dead.yaml");
    assert.equal(json.policy_digest, valid.policy_digest);
    assert.deepEqual(json.counts, { error: 1, warning: 0, note: 0 });
    const [{ message, hint, ...finding }] = json.findings;
    assert.deepEqual(finding, {
      rule_id: "never-matches",
      level: "error",
      line: 2,
      column: DEAD.split("\n")[1]!.indexOf("file") + 1,
      rule_name: "guard",
    });
    assert.ok(message !== "" && hint !== "");
  }));

Deno.test("policy lint refuses a bad policy with its place, a bad profile, and to write over the policy", () =>
  onStage(async ({ gait, write, read, files, path }) => {
    await write("bad.yaml", "rules:\n  - {name: a, efect: allow}\n");
    await write("open.yaml", OPEN);
    const bad = await gait`policy lint bad.yaml --json --sarif out.sarif`;
    assert.equal(bad.code, 6);
    assert.equal(bad.json.error_detail, "unknown_key");
    assert.match(bad.json.error, /bad\.yaml:2:/);
    await write("old.yaml", "version: 1\n");
    assert.equal((await gait`policy lint old.yaml --json`).json.migration.kind, "policy_fields");
    await Deno.symlink("open.yaml", path("link.yaml"));
    for (
      const [file, ...args] of [
        ["open.yaml", "--profile", "prod"],
        ["open.yaml", "--sarif", "./open.yaml"],
        ["link.yaml", "--sarif", "open.yaml"],
        ["open.yaml", "--sarif", "../x.sarif"],
      ] as const
    ) {
      assert.equal((await gait`policy lint ${file} ${args}`).code, 6, `${file} ${args.join(" ")}`);
    }
    assert.equal(await read("open.yaml"), OPEN);
    assert.deepEqual(
      (await files()).filter((name) => name !== "link.yaml"),
      ["bad.yaml", "old.yaml", "open.yaml"],
    );
  }));

Deno.test("policy lint writes SARIF 2.1.0 as code scanning requires it", () =>
  onStage(async ({ gait, write, read }) => {
    await gait`policy init high --out 'a b/policy.yaml'`;
    const { code, json } = await gait`policy lint './a b/policy.yaml' --sarif r/gait.sarif --json`;
    assert.equal(code, 0);
    assert.equal(json.sarif_path, "r/gait.sarif");
    const log = JSON.parse(await read("r/gait.sarif"));
    checkSarif(log);
    const { results, tool } = log.runs[0];
    assert.equal(results.length, json.findings.length);
    for (const [i, result] of results.entries()) {
      const { rule_id, level, line, column } = json.findings[i];
      assert.equal(result.ruleId, rule_id);
      assert.equal(tool.driver.rules[result.ruleIndex].id, rule_id);
      assert.equal(result.level, level);
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      assert.equal(artifactLocation.uri, "a%20b/policy.yaml");
      assert.deepEqual(region, { startLine: line, startColumn: column });
    }
    const moved = `# moved\n${await read("a b/policy.yaml")}`;
    await write("a b/policy.yaml", moved);
    await gait`policy lint 'a b/policy.yaml' --sarif r/moved.sarif`;
    const prints = (log: Log) => log.runs[0].results.map((result) => result.partialFingerprints);
    assert.deepEqual(prints(JSON.parse(await read("r/moved.sarif"))), prints(log));
  }));

Deno.test("policy lint --sarif - prints nothing but SARIF, also of a policy with hostile names", () =>
  onStage(async ({ gait, write }) => {
    await write("clean.yaml", CLEAN);
    const clean = await gait`policy lint clean.yaml --sarif -`;
    assert.equal(clean.code, 0);
    checkSarif(clean.json);
    assert.deepEqual(clean.json.runs[0].results, []);
    const name = 'a\u202e\u001b[31m\u200b<&"';
    await write(
      "odd.yaml",
      `rules:\n  - {name: ${JSON.stringify(name)}, effect: block, match: {target_kinds: [x]}}\n`,
    );
    const odd = await gait`policy lint odd.yaml --sarif -`;
    assert.equal(odd.code, 2);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(odd.stdout, /[\u202e\u001b\u200b]/);
    checkSarif(odd.json);
    assert.ok(odd.json.runs[0].results[0].message.text.includes(name));
    const both = await gait`policy lint odd.yaml --sarif - --json`;
    assert.deepEqual(both.json.sarif, odd.json);
  }));

Deno.test("policy validate warns of what policy lint finds, and stays ok", () =>
  onStage(async ({ gait, read, write }) => {
    await gait`policy init high --out template.yaml`;
    // The template sets these aside by comments.
    await write("high.yaml", (await read("template.yaml")).replace(/^ *# gait-lint-ignore.*\n/gm, ""));
    const { code, json } = await gait`policy validate high.yaml --json`;
    assert.equal(code, 0);
    assert.equal(json.ok, true);
    assert.deepEqual(
      json.warnings.map((warning: string) => warning.split(":").slice(0, 3).join(":")),
      ["high.yaml:71:7 destructive-action-blocks", "high.yaml:79:5 partly-shadowed-rule"],
    );
    await write("clean.yaml", CLEAN);
    assert.ok(!("warnings" in (await gait`policy validate clean.yaml --json`).json));
  }));

type Log = { runs: [{ results: Record<string, unknown>[] }] };

/** The demands of SARIF 2.1.0 (sections 3.13 to 3.30) and of GitHub code scanning that this log is subject to. */
// deno-lint-ignore no-explicit-any -- looks into JSON
function checkSarif(log: any): void {
  assert.equal(log.version, "2.1.0");
  assert.match(log.$schema, /sarif-2\.1\.0\.json$/);
  assert.equal(log.runs.length, 1);
  const [{ tool: { driver }, results, columnKind }] = log.runs;
  assert.equal(columnKind, "utf16CodeUnits");
  assert.ok(driver.name && driver.version);
  const ids = new Set();
  for (const rule of driver.rules) {
    assert.match(rule.id, /^[a-z]+(?:-[a-z]+)*$/);
    ids.add(rule.id);
    for (
      const text of [
        rule.shortDescription.text,
        rule.fullDescription.text,
        rule.help.text,
        rule.help.markdown,
      ]
    ) {
      assert.ok(typeof text === "string" && text !== "");
    }
    assert.ok(rule.shortDescription.text.length <= 1024 && rule.fullDescription.text.length <= 1024);
    assert.ok(["error", "warning", "note"].includes(rule.defaultConfiguration.level));
  }
  assert.equal(ids.size, driver.rules.length);
  for (const result of results) {
    assert.equal(driver.rules[result.ruleIndex].id, result.ruleId);
    assert.ok(["error", "warning", "note"].includes(result.level));
    assert.ok(result.message.text !== "");
    assert.equal(result.locations.length, 1);
    const { artifactLocation: { uri, uriBaseId }, region } = result.locations[0].physicalLocation;
    assert.match(uri, /^[A-Za-z0-9%._~/-]+$/);
    assert.equal(uriBaseId, "%SRCROOT%");
    assert.ok(Number.isInteger(region.startLine) && region.startLine >= 1);
    assert.ok(Number.isInteger(region.startColumn) && region.startColumn >= 1);
    assert.match(result.partialFingerprints["gaitPolicyFinding/v1"], /^[0-9a-f]{64}$/);
  }
  const prints = results.map((result: Record<string, unknown>) => JSON.stringify(result.partialFingerprints));
  assert.equal(new Set(prints).size, prints.length);
}
