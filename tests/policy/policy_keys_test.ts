/** Every row of the table of keys (lib/schema/policy) is heeded everywhere, and so is one more row. */
import assert from "node:assert/strict";
import { compileMatch } from "../../lib/evaluate/match.ts";
import { factsOf } from "../../lib/evaluate/facts.ts";
import { readYaml } from "../../lib/formats/yaml/mod.ts";
import { writeYaml } from "../../lib/formats/yaml/write.ts";
import { listsOf, MATCH_LISTS } from "../../lib/lint/match_lists.ts";
import { encodeBlock } from "../../lib/policy/digest.ts";
import { formatPolicy } from "../../lib/policy/format.ts";
import { normalizeBlock } from "../../lib/policy/normalize_block.ts";
import { Mistakes } from "../../lib/policy/mistakes.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { readBlock } from "../../lib/policy/read_block.ts";
import { POLICY_DESCRIBED } from "../../lib/schema/policy/descriptions.ts";
import { formOf } from "../../lib/schema/policy/form.ts";
import { type Block, block, type Field, lset, type Row } from "../../lib/schema/policy/kinds.ts";
import { MATCH } from "../../lib/schema/policy/match.ts";
import { POLICY, RULE } from "../../lib/schema/policy/policy.ts";
import { published, validator } from "../support/schemas.ts";
import { anIntent } from "../support/gate.ts";

const validate = validator(published("gate/policy.schema.json"));
const spec = Deno.readTextFileSync(new URL("../../docs/spec/gate.md", import.meta.url));

/** What a policy must say beside a key for it to be taken: another name of it, a required neighbour. */
type Members = { readonly [name: string]: unknown };
const RULE_BASE: Members = { name: "r", effect: "block" };
const NEIGHBOURS: Readonly<Record<string, Members>> = {
  mcp_trust: { snapshot: "trust.json" },
  endpoint: { enabled: true },
  dataflow: { enabled: true },
  rate_limit: { requests: 1 },
  destructive_budget: { requests: 1 },
};

/** A value that says something, and not what is there without the key. */
function valueOf({ name, row }: Field, base: Members): unknown {
  switch (row.kind) {
    case "word":
      return row.words.find((word) => word !== row.fallback && word !== base[row.aliasOf ?? name]);
    case "texts":
      return [row.words?.[0] ?? "some"];
    case "integer":
    case "natural":
    case "bound":
      return 3;
    case "share":
      return 0.5;
    case "flag":
    case "hint":
      return true;
    case "duration":
      return "1h";
    default:
      return "some";
  }
}

interface Case {
  readonly path: string;
  readonly row: Row;
  readonly without: Members;
  readonly with: Members;
}

/** A policy with each key, and the same without it. */
function* casesOf(
  { fields }: Block,
  base: Members,
  wrap: (members: Members) => Members,
  path: string,
): Generator<Case> {
  for (const field of fields.values()) {
    const { name, row } = field;
    const inner = `${path}${name}`;
    if (row.kind === "constant") continue;
    if (row.kind === "block") {
      yield* casesOf(
        row,
        NEIGHBOURS[name] ?? {},
        (members) => wrap({ ...base, [name]: members }),
        `${inner}.`,
      );
    } else if (row.kind === "blocks") {
      yield* casesOf(row.block, RULE_BASE, (members) => wrap({ ...base, [name]: [members] }), `${inner}.`);
    } else {
      const { [row.aliasOf ?? ""]: _, ...others } = base;
      yield {
        path: inner,
        row,
        without: wrap(base),
        with: wrap({ ...others, [name]: valueOf(field, base) }),
      };
    }
  }
}

const CASES = [...casesOf(POLICY, {}, (members) => members, "")];

Deno.test("there is a case for every row", () => {
  const count = ({ fields }: Block): number =>
    [...fields.values()].map(({ row }) =>
      row.kind === "block"
        ? count(row)
        : row.kind === "blocks"
        ? count(row.block)
        : row.kind === "constant"
        ? 0
        : 1
    ).reduce((sum, one) => sum + one, 0);
  assert.equal(CASES.length, count(POLICY));
  assert.ok(CASES.length > 80);
});

for (const { path, row, without, with: given } of CASES) {
  Deno.test(`${path}: read, part of the digest, printed, in the schema and told in the specification`, async () => {
    const key = path.split(".").at(-1)!;
    const text = JSON.stringify(given);
    const before = await parsePolicy(JSON.stringify(without), "before");
    const after = await parsePolicy(text, "after");
    // Where a key beside it turns the block on, `enabled` says nothing more.
    if (key !== "enabled" || path === "fail_closed.enabled") {
      assert.notEqual(after.digest, before.digest);
    }
    const { formatted, digest } = await formatPolicy(text, "after");
    assert.equal(digest, after.digest);
    assert.match(formatted, new RegExp(`^[ -]*${key}: *(?![ "']*$)|^[ -]*${key}:\\n *- `, "m"));
    assert.ok(validate(given), JSON.stringify(validate.errors));
    const misspelt = JSON.parse(text.replace(`"${key}":`, `"x_${key}":`));
    if (JSON.stringify(misspelt) !== text) assert.ok(!validate(misspelt));
    assert.match(spec, new RegExp(`\`(?:[a-z_]+\\.)?${key}\``));
    if (path.startsWith("rules.match.") && row.kind === "texts" && row.aliasOf === undefined) {
      assert.equal(MATCH_LISTS.filter((list) => list.key === key).length, 1);
      const checks = compileMatch(after.policy.rules[0]!.match, "block");
      assert.deepEqual(checks.map((check) => check.key), [key]);
    }
  });
}

Deno.test("one more row is read, digested, printed, matched, linted and published", async () => {
  const more = block({ ...MATCH.keys, callers: lset({ about: "identity", possible: ["svc.ledger"] }) }, {
    always: true,
  });
  const { root, source } = await readYaml("{callers: [' SVC.Ledger', svc.ledger], tool_name: a}", "match");
  const mistakes = new Mistakes(source);
  const written = readBlock(root, "match", more, mistakes);
  mistakes.throwIfAny();
  assert.deepEqual(written.callers, ["svc.ledger"]);
  assert.match(writeYaml(written), /^callers:\n- svc\.ledger$/m);

  const match = normalizeBlock(written, more);
  assert.deepEqual([match.callers, match.toolNames], [["svc.ledger"], ["a"]]);
  assert.deepEqual(encodeBlock(match, more).Callers, ["svc.ledger"]);
  const none = normalizeBlock(readBlock(undefined, "match", more, mistakes), more);
  assert.deepEqual(encodeBlock(none, more), encodeBlock(none, MATCH));

  const check = compileMatch(match, "allow", more).find(({ key }) => key === "callers")!;
  assert.ok(check.holds(factsOf(anIntent())));
  assert.ok(!check.holds(factsOf(anIntent({ context: { identity: "other" } }))));
  assert.deepEqual(listsOf(more).find(({ key }) => key === "callers")?.closed, ["svc.ledger"]);

  const { rules: { keys: { match: described } } } = POLICY_DESCRIBED.keys;
  const form = formOf(more, { is: described.is, keys: { ...described.keys, callers: "Who calls." } });
  const fits = validator(form);
  assert.ok(fits({ callers: ["a"] }));
  assert.ok(!fits({ callers: "a" }));
  assert.ok(!fits({ caller: ["a"] }));
});

Deno.test("the digest of a rule without anything names only what always stood in it", () => {
  const mistakes = new Mistakes({ name: "p", text: "" });
  const rule = normalizeBlock(readBlock(undefined, "a rule", RULE, mistakes), RULE);
  assert.deepEqual(encodeBlock(rule, RULE), {
    Name: "",
    Priority: 0,
    Effect: "",
    ReasonCodes: [],
    Violations: [],
    Match: {
      ToolNames: [],
      RiskClasses: [],
      TargetKinds: [],
      TargetValues: [],
      ProvenanceSources: [],
      Identities: [],
      WorkspacePrefixes: [],
    },
  });
});
