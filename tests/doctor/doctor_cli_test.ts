import assert from "node:assert/strict";
import { ALL } from "../../lib/doctor/catalogue.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { published, validator } from "../support/schemas.ts";
import { samplePublicKey } from "../support/registry.ts";

/** The status of each check of a result. */
function statuses(json: { checks: JsonObject[] }): Record<string, unknown> {
  return Object.fromEntries(json.checks.map(({ name, status }) => [name, status]));
}

const PRODUCTION = `gate:
  policy: .gait/policy.yaml
  profile: oss-prod
  key_mode: prod
mcp_serve:
  enabled: true
  listen: 127.0.0.1:8787
  auth_mode: token
  auth_token_env: SRV_TOKEN
  max_request_bytes: 1048576
  http_verdict_status: strict
  allow_client_artifact_paths: false
retention:
  trace_ttl: 168h
  session_ttl: 336h
  export_ttl: 168h
`;

const POLICY = "default_verdict: block\nrules: []\n";

Deno.test("--list-checks names every check once, with its page; --only runs what it names", () =>
  onStage(async ({ gait, files }) => {
    const { json } = await gait`doctor --list-checks --json`;
    const ids = json.checks.map(({ id }: JsonObject) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(ids, ALL.map(({ id }) => id));
    const page = await Deno.readTextFile(`${repository}docs/production.md`);
    for (const { id, docs } of json.checks) {
      assert.equal(docs, `docs/production.md#${id}`);
      assert.ok(page.includes(`\n### ${id}\n`), id);
    }
    const only = await gait`doctor --only locks,key_config --only locks --json`;
    assert.deepEqual(only.json.checks.map(({ name }: JsonObject) => name), ["locks", "key_config"]);
    const unknown = await gait`doctor --only lock --json`;
    assert.deepEqual([unknown.code, /locks/.test(unknown.json.hint)], [6, true]);
    assert.deepEqual(await files(), []);
  }));

Deno.test("every result fits the published schema", () =>
  onStage(async ({ gait, write }) => {
    const validate = validator(published("doctor/result.schema.json"));
    await write(".gait/config.yaml", "gate:\n  polcy: x\n");
    for (const flags of ["", "--all --summary", "--production-readiness", "--fix --yes", "--report r.zip"]) {
      const { json } = await gait`doctor ${flags.split(" ").filter((flag) => flag !== "")} --json`;
      assert.ok(validate(json), JSON.stringify(validate.errors));
    }
  }));

Deno.test("--strict ends with 2 when any check fails, of those on request too", () =>
  onStage(async ({ gait, write }) => {
    assert.equal((await gait`doctor --strict`).code, 0);
    assert.equal((await gait`doctor --workdir nowhere`).code, 0);
    const failed = await gait`doctor --workdir nowhere --strict --json`;
    assert.deepEqual([failed.code, failed.json.ok], [2, false]);
    await write(".gait.yaml", "rules: {");
    assert.equal((await gait`doctor`).code, 0);
    const strict = await gait`doctor --strict --json`;
    assert.deepEqual([strict.code, statuses(strict.json).policy_loads], [2, "fail"]);
  }));

Deno.test("what production would trip over is reported, counted with --strict alone", () =>
  onStage(async (stage) => {
    const { gait, write, gaitWith } = stage;
    await write(".gait/config.yaml", PRODUCTION);
    const ready = await gait`doctor --production-readiness --json`;
    assert.deepEqual([ready.code, ready.json.further_failed], [0, ["policy_loads", "token_variable"]]);
    const strict = await gait`doctor --production-readiness --strict --json`;
    assert.deepEqual(
      [strict.code, statuses(strict.json).policy_loads, statuses(strict.json).token_variable],
      [2, "fail", "fail"],
    );
    await write(".gait/policy.yaml", POLICY);
    const args = ["doctor", "--production-readiness", "--strict", "--json"];
    for (
      const [token, status, code] of [["short", "warn", 0], [" ", "fail", 2], [
        "x".repeat(16),
        "pass",
        0,
      ]] as const
    ) {
      const result = await gaitWith({ env: { SRV_TOKEN: token } }, ...args);
      assert.deepEqual([result.code, statuses(result.json).token_variable], [code, status], token);
      assert.ok(!result.stdout.includes(`"${token}"`));
    }
  }));

for (
  const [what, id, status, set] of [
    ["an unknown key", "config_keys", "warn", (s) => s.write(".gait/config.yaml", "gate:\n  polcy: x\n")],
    [
      "a byte order mark",
      "config_keys",
      "fail",
      (s) => s.write(".gait/config.yaml", "\ufeffgate:\n  profile: standard\n"),
    ],
    [
      "a switch for a text",
      "config_keys",
      "fail",
      (s) => s.write(".gait/config.yaml", "gate:\n  profile: true\n"),
    ],
    [
      "a key that is none",
      "keys_load",
      "fail",
      (s) => s.write(".gait/config.yaml", "gate:\n  private_key: none.key\n"),
    ],
    ["no key in prod", "keys_load", "warn", (s) => s.write(".gait/config.yaml", "gate:\n  key_mode: prod\n")],
    ["a broken trusted key", "trust_folder", "fail", (s) => s.write(".gait/trust/a.key", "x")],
    ["broken publishers", "trust_folder", "fail", (s) => s.write(".gait/trust/publishers.json", "{}")],
    ["a trusted key that others can change", "trust_folder", "fail", async (s) => {
      await s.write(".gait/trust/a.key", await samplePublicKey(1));
      await Deno.chmod(s.path(".gait/trust"), 0o755);
      await Deno.chmod(s.path(".gait/trust/a.key"), 0o666);
    }],
    ["a folder above the trusted keys that others can change", "trust_folder", "fail", async (s) => {
      await s.write(".gait/trust/a.key", await samplePublicKey(1));
      for (const [name, mode] of [["trust/a.key", 0o644], ["trust", 0o755], ["", 0o777]] as const) {
        await Deno.chmod(s.path(`.gait/${name}`), mode);
      }
    }],
    ["a configuration that everybody can change", "config_keys", "fail", async (s) => {
      await s.write(".gait/config.yaml", "gate: {}\n");
      await Deno.chmod(s.path(".gait/config.yaml"), 0o666);
    }],
    ["a policy that everybody can change", "policy_loads", "fail", async (s) => {
      await s.write(".gait.yaml", "default_verdict: block\n");
      await Deno.chmod(s.path(".gait.yaml"), 0o646);
    }],
    ["a policy that a group can change", "policy_loads", "pass", async (s) => {
      await s.write(".gait.yaml", "default_verdict: block\n");
      await Deno.chmod(s.path(".gait.yaml"), 0o664);
    }],
    ["a private key that others can read", "key_exposure", "fail", async (s) => {
      await s.gait`keys init`;
      await Deno.chmod(s.path("gait-out/keys/gait_private.key"), 0o644);
    }],
    [
      "a trace of tomorrow",
      "clock",
      "fail",
      (s) => s.write("trace_x.json", '{"created_at":"2199-01-01T00:00:00Z"}'),
    ],
    [
      "a trace of yesterday",
      "clock",
      "pass",
      (s) => s.write("trace_x.json", '{"created_at":"2020-01-01T00:00:00Z"}'),
    ],
    ["a trace that is none", "clock", "pass", (s) => s.write("trace_x.json", "[")],
    ["a temporary file of a crash", "torn_files", "warn", async (s) => {
      await s.write(".a.json.tmp-0123456789abcdef", "half");
      await Deno.utime(s.path(".a.json.tmp-0123456789abcdef"), 0, 0);
    }],
    ["a temporary file of now", "torn_files", "pass", (s) => s.write(".a.json.tmp-0123456789abcdef", "half")],
  ] as [string, string, string, (stage: Stage) => Promise<unknown>][]
) {
  Deno.test(`${id} is ${status} for ${what}`, () =>
    onStage(async (stage) => {
      await set(stage);
      const { json } = await stage.gait`doctor --only ${id} --json`;
      assert.equal(json.checks[0].status, status, json.checks[0].message);
    }));
}

Deno.test("config_keys says what was meant", () =>
  onStage(async ({ gait, write }) => {
    await write(".gait/config.yaml", "gate:\n  polcy: x\nretension: {}\n");
    const { json } = await gait`doctor --only config_keys --json`;
    assert.match(json.checks[0].message, /gate\.policy.*retention/);
  }));

Deno.test("--fix shows a plan and changes nothing unless asked to", () =>
  onStage(async ({ gait, write, files, read }) => {
    const config = "# ours\ngate:\n  profile: standard # for now\n  policy: p.yaml\n";
    await write(".gait/config.yaml", config);
    const asked = await gait`doctor --production-readiness --fix`;
    assert.equal(asked.code, 8);
    assert.match(asked.stderr, /Nothing was changed; give --yes/);
    assert.match(asked.stderr, /production_profile: set gate\.profile=oss-prod/);
    assert.deepEqual([await files(), await read(".gait/config.yaml")], [[".gait/config.yaml"], config]);
    const fixed = await gait`doctor --production-readiness --fix --yes --json`;
    assert.deepEqual([fixed.code, fixed.json.status], [0, "pass"]);
    assert.ok(fixed.json.repairs.every(({ done }: JsonObject) => done));
    assert.equal(
      await read(".gait/config.yaml"),
      "# ours\ngate:\n  key_mode: prod\n  profile: oss-prod # for now\n  policy: p.yaml\n" +
        "retention:\n  export_ttl: 168h\n  session_ttl: 336h\n  trace_ttl: 168h\n",
    );
  }));

Deno.test("--fix makes folders, closes keys and removes what a crash left, and makes no key", () =>
  onStage(async ({ gait, write, path, files }) => {
    await gait`keys init --out-dir keys`;
    await Deno.chmod(path("keys/gait_private.key"), 0o644);
    await write(".a.tmp-0123456789abcdef", "half");
    await Deno.utime(path(".a.tmp-0123456789abcdef"), 0, 0);
    const args = "--only key_exposure,torn_files,output_dir";
    const { code, json } = await gait`doctor ${args.split(" ")} --fix --yes --json`;
    assert.deepEqual([code, json.status, json.repairs.length], [0, "pass", 3]);
    assert.equal((await Deno.stat(path("keys/gait_private.key"))).mode! & 0o777, 0o600);
    assert.ok((await Deno.stat(path("gait-out"))).isDirectory);
    assert.ok(!(await files()).includes(".a.tmp-0123456789abcdef"));
    await gait`doctor --production-readiness --fix --yes`;
    assert.equal((await files()).filter((name) => name.endsWith(".key")).length, 2);
  }));

Deno.test("--fix writes a configuration only where there is none", () =>
  onStage(async ({ gait, write, read }) => {
    await gait`doctor --production-readiness --fix --yes`;
    assert.match(await read(".gait/config.yaml"), /profile: oss-prod/);
    await write(".gait/config.yaml", "gate: {profile: standard}\n");
    const kept = await gait`doctor --production-readiness --fix --yes --json`;
    assert.equal(kept.code, 2);
    assert.ok(kept.json.repairs.some(({ done }: JsonObject) => !done));
    assert.match(await read(".gait/config.yaml"), /^gate: \{profile: standard\}\n/);
  }));

Deno.test("a policy that does not load is named without --strict as well, and a fix needs nothing but this program", () =>
  onStage(async ({ gait, write }) => {
    await write(".gait.yaml", "default_verdict: [\n");
    const { code, json, stdout } = await gait`doctor --json`;
    assert.deepEqual([code, json.further_failed], [0, ["policy_loads"]], stdout);
    const text = await gait`doctor --production-readiness`;
    assert.match(text.stdout, /cp examples\/config\/oss_prod_template\.yaml/);
    assert.match(text.stdout, /gait doctor --production-readiness --fix/);
  }));

Deno.test("gait doctor adoption --skip-invalid reports the rest of a log, and how many lines are no events", () =>
  onStage(async ({ gait, gaitWith, path, write, read }) => {
    const env = { GAIT_ADOPTION_LOG: path("log.jsonl") };
    await gaitWith({ env }, "demo");
    await gaitWith({ env }, "verify", "nothing");
    await write("log.jsonl", `torn {\n${await read("log.jsonl")}`);
    assert.equal((await gait`doctor adoption --from log.jsonl`).code, 6);
    const { code, json: { report } } = await gait`doctor adoption --from log.jsonl --skip-invalid --json`;
    assert.deepEqual([code, report.total_events, report.failed_events, report.skipped_lines], [0, 2, 1, 1]);
    assert.equal(report.activation_succeeded, false);
    assert.match(
      (await gait`doctor adoption --from log.jsonl --skip-invalid`).stdout,
      /1 lines are no events/,
    );
  }));
