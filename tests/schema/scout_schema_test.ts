import assert from "node:assert/strict";
import { GATEWAYS } from "../../lib/scout/gateway/event.ts";
import { onStage } from "../support/gait.ts";
import { repository, shared } from "../support/places.ts";
import { published, validator } from "../support/schemas.ts";
import { testUnless } from "../support/test_unless.ts";

type Document = Record<string, unknown>;

/** A document fits its schema, and neither without one of its required members nor with one of another type. */
function check(document: Document, file: string): void {
  const schema = published(file);
  const validate = validator(schema);
  assert.ok(validate(document), `${file}: ${JSON.stringify(validate.errors)}`);
  for (const member of schema.required as string[]) {
    const { [member]: _, ...without } = document;
    assert.ok(!validate(without), `${file} without ${member}`);
    assert.ok(!validate({ ...document, [member]: null }), `${file}: ${member} is null`);
  }
}

const AGENT =
  "from langchain_core.tools import tool\n\n@tool\ndef send_mail(): pass\n\n@tool\ndef look(): pass\n";
const RULES = `default_verdict: allow
rules:
- {name: a, effect: require_approval, match: {tool_names: [look, gone]}}
- {name: b, effect: block, match: {tool_names: [lost]}}
- {name: c, effect: allow, match: {identities: [bot]}}
`;

/** A snapshot, a later one, what is between them, and both kinds of coverage. */
async function onInventories(look: (document: Document, file: string) => void): Promise<void> {
  await onStage(async ({ gait, write, read }) => {
    const document = async (path: string) => JSON.parse(await read(path));
    await write("src/a.py", AGENT);
    await write("src/mcp.json", '{"mcpServers": {"github": {"command": "x"}}}');
    await write("p.yaml", RULES);
    const snapshot = ["--roots", "src", "--policy", "p.yaml"];
    assert.equal((await gait`scout snapshot ${snapshot} --out one.json --coverage-out c.json`).code, 0);
    await write("src/a.py", AGENT.replace("look", "drop_all"));
    await write("src/mcp.json", "{}");
    await write("lib/a.py", AGENT);
    assert.equal((await gait`scout snapshot --roots src,lib --out two.json`).code, 0);
    assert.equal((await gait`scout diff one.json two.json --out diff.json`).code, 2);
    assert.equal((await gait`scout diff one.json one.json --out none.json`).code, 0);
    look(await document("one.json"), "scout/inventory_snapshot.schema.json");
    look(await document("two.json"), "scout/inventory_snapshot.schema.json");
    look(await document("diff.json"), "scout/inventory_diff.schema.json");
    look(await document("none.json"), "scout/inventory_diff.schema.json");
    look(await document("c.json"), "scout/inventory_coverage.schema.json");
    for (const more of [[], ["--sarif", "s.sarif"], ["--roots", "lib", "--strict"]]) {
      const { json } = await gait`scout coverage --policy p.yaml ${more} --json`;
      look(json, "scout/coverage_report.schema.json");
    }
  });
}

Deno.test("snapshots, diffs and coverage fit their published schemas", () => onInventories(check));

/** The report of one run that failed and one that did not. */
async function onSignals(look: (document: Document, file: string) => void): Promise<void> {
  await onStage(async ({ gait, write, read }) => {
    assert.equal((await gait("demo")).code, 0);
    await write("t.json", JSON.stringify({ trace_id: "t", verdict: "block", violations: ["policy_x"] }));
    await write("r.json", JSON.stringify({ graders: [{ name: "run_demo/diff", status: "fail" }] }));
    const evidence = ["--traces", "t.json", "--trace-run", "t=run_demo", "--regress", "r.json"];
    for (const more of [[], evidence]) {
      assert.equal((await gait`scout signal run_demo ${more} --out s.json`).code, 0);
      const report = JSON.parse(await read("s.json"));
      look(report, "scout/signal_report.schema.json");
      for (const fingerprint of report.fingerprints) look(fingerprint, "scout/run_fingerprint.schema.json");
    }
  });
}

Deno.test("signal reports and their fingerprints fit their published schemas", () => onSignals(check));

Deno.test("proof records of every gateway fit their published schema, and a verdict of no gateway does not", () =>
  onStage(async ({ gait, write, read }) => {
    const log = [
      { tool: "a", verdict: "deny", ts: "2026-04-01T10:00:00.25Z", reason_code: "r", identity: "bot" },
      { tool: "a", verdict: "odd", ts: "2026-04-01T10:00:00Z" },
      { status: 200 },
    ];
    await write("a.log", log.map((event) => JSON.stringify(event)).join("\n"));
    const file = "gateway/policy_enforcement.schema.json";
    for (const gateway of GATEWAYS) {
      const { code } = await gait`gateway ingest --source ${gateway} --log-path a.log --proof-out p.jsonl`;
      assert.equal(code, 0);
      const records = (await read("p.jsonl")).trim().split("\n").map((line) => JSON.parse(line));
      assert.equal(records.length, log.length);
      for (const record of records) {
        check(record, file);
        check(record, "pack/proof_record.schema.json");
        const { event } = record;
        assert.ok(!validator(published(file))({ ...record, event: { ...event, verdict: "maybe" } }));
      }
    }
  }));

Deno.test("the logs of operation fit their published schemas", () =>
  onStage(async ({ gaitWith, read }) => {
    const env = {
      GAIT_OPERATIONAL_LOG: "o.jsonl",
      GAIT_ADOPTION_LOG: "a.jsonl",
      GAIT_TELEMETRY_HEALTH_PATH: "h.json",
    };
    assert.equal((await gaitWith({ env }, "version")).code, 0);
    assert.equal((await gaitWith({ env }, "verify", "gone.zip")).code, 6);
    const lines = async (path: string) =>
      (await read(path)).trim().split("\n").map((line) => JSON.parse(line));
    for (const event of await lines("o.jsonl")) check(event, "scout/operational_event.schema.json");
    for (const event of await lines("a.jsonl")) check(event, "scout/adoption_event.schema.json");
    check(JSON.parse(await read("h.json")), "scout/telemetry_health.schema.json");
  }));

const theirs = await shared("reference-schemas/scout");

testUnless(
  theirs === undefined && "../shared/reference-schemas is absent",
  "snapshots and signal reports fit the schemas of the existing program, but for members that it lacks",
  async () => {
    const load = async (name: string) => JSON.parse(await Deno.readTextFile(`${theirs}/${name}`));
    const [snapshot, signal] = [
      await load("inventory_snapshot.schema.json"),
      await load("signal_report.schema.json"),
    ];
    const strictly = (schema: Document, document: unknown) => {
      const validate = validator(schema);
      assert.ok(validate(document), JSON.stringify(validate.errors));
    };
    await onInventories((document, file) => {
      if (!file.includes("snapshot")) return;
      strictly(snapshot, without(document, "line"));
    });
    await onSignals((document, file) => {
      if (file.includes("signal_report")) strictly(signal, without(document, "healthy"));
    });
  },
);

/** The document without these members at any level. */
function without(document: Document, member: string): unknown {
  return JSON.parse(JSON.stringify(document, (name, value) => name === member ? undefined : value));
}

Deno.test("docs/contracts/scout.md links every schema of scout and gateway", async () => {
  const text = await Deno.readTextFile(`${repository}docs/contracts/scout.md`);
  for (const area of ["scout", "gateway"]) {
    for await (const { name } of Deno.readDir(`${repository}schemas/v1/${area}`)) {
      assert.ok(text.includes(`(../../schemas/v1/${area}/${name})`), name);
    }
  }
});
