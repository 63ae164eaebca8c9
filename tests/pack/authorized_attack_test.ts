/** What an attacker may try with a pack of a gated run; the packer's key is not theirs unless a test says so. */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { gatedCall, gatedSession } from "../support/gated.ts";
import { type Changes, forge, jobPackSample } from "../support/sample_packs.ts";
import { unpack } from "../support/sample_run.ts";
import { type JsonObject, prettyJson } from "../../lib/formats/json/mod.ts";
import { canonicalBytes } from "../../lib/formats/json/mod.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parsePrivateKey, type PrivateKey, sha256, signDocument } from "../../lib/signing/mod.ts";
import { testKey } from "../support/sample_run.ts";

type Entries = Map<string, Uint8Array<ArrayBuffer>>;

const INDEX = "run_authorization.json";
const at = (name: string) => `authorization/${name}.json`;
// deno-lint-ignore no-explicit-any -- tests look into records of many shapes
const json = (bytes: Uint8Array): any => JSON.parse(new TextDecoder().decode(bytes));

/** The pack of the session, and a way to try changed ones: the codes of the failures of what verifies. */
async function setUp(stage: Stage, build = "") {
  const { gait } = stage;
  await gatedSession(stage);
  const built = await gait(
    ...`pack build --from-traces t,approval.json,results.jsonl --policy policy.yaml --out p.zip ${build}`
      .trim()
      .split(" "),
  );
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const pack = await stage.bytes("p.zip");
  const entries: Entries = new Map(await unpack(pack) as Entries);
  const verify = async (bytes: Uint8Array<ArrayBuffer>, ...flags: string[]) => {
    await stage.write("x.zip", bytes);
    const { code, json } = await gait("pack", "verify", "x.zip", "--json", ...flags);
    const findings: { code: string; severity: string }[] = json.verify?.findings ?? [];
    const failures = findings.filter(({ severity }) => severity === "failure").map(({ code }) => code);
    return { code, failures, findings: findings.map(({ code }) => code), error: json.error };
  };
  /** Rebuild the pack with changes, the index adapted to them. */
  const attack = async (
    changes: Changes,
    edit: (index: JsonObject) => void = () => {},
    ...flags: string[]
  ) => {
    const index = json(entries.get(INDEX)!);
    const all: Record<string, Changes[string]> = { ...changes };
    const evidence = [];
    for (const row of index.evidence) {
      const given = Object.hasOwn(changes, row.path) ? changes[row.path] : entries.get(row.path);
      if (given === undefined) continue;
      evidence.push({ ...row, sha256: await sha256(typeof given === "string" ? utf8(given) : given) });
    }
    index.evidence = evidence;
    edit(index);
    const proof = { "proof_records.jsonl": undefined };
    return await verify(await forge(pack, { ...all, ...proof, [INDEX]: canonicalBytes(index) }), ...flags);
  };
  const key = async (name: string) => await parsePrivateKey(await stage.read(`${name}/${name}_private.key`));
  return { pack, entries, verify, attack, key };
}

/** A record with changed members, signed by a key. */
async function resigned(
  bytes: Uint8Array,
  change: JsonObject,
  key: PrivateKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const { signature: _, ...record } = json(bytes);
  const changed = { ...record, ...change };
  return prettyJson({ ...changed, signature: { ...await signDocument(changed, key) } });
}

Deno.test("an authorized pack fails when a trace is missing, unlisted, foreign or there twice", () =>
  onStage(async (stage) => {
    const { entries, attack, key } = await setUp(stage);
    const first = at("trace_0001");
    const missing = await attack({ [first]: undefined });
    assert.deepEqual([missing.code, missing.failures], [2, ["call_without_trace"]]);
    const dropped = await attack({}, (index) => (index.calls as unknown[]).shift());
    assert.deepEqual([dropped.code, dropped.failures], [2, ["call_without_trace"]]);
    const unlisted = await attack({ [at("trace_0099")]: entries.get(first)! });
    assert.deepEqual([unlisted.code, unlisted.failures], [2, ["evidence_unlisted"]]);
    const twice = await attack({ [at("trace_0099")]: entries.get(first)! }, (index) => {
      const rows = index.evidence as JsonObject[];
      rows.push({ ...rows.find(({ path }) => path === first)!, path: at("trace_0099") });
    });
    assert.deepEqual([twice.code, twice.failures], [2, ["trace_repeated"]]);
    const nameless = await resigned(entries.get(first)!, { event_id: "" }, await key("gate"));
    const again = canonicalBytes(json(nameless));
    const digest = await sha256(again);
    const respelled = await attack({ [first]: nameless, [at("trace_0099")]: again }, (index) => {
      (index.evidence as JsonObject[]).push({ kind: "trace", path: at("trace_0099"), sha256: digest });
    });
    assert.deepEqual([respelled.code, respelled.failures], [2, ["trace_repeated"]], "with other blanks");
    const claimed = await attack({}, (index) => {
      (index.evidence as JsonObject[]).push({
        kind: "trace",
        path: "authorization/../x",
        sha256: "0".repeat(64),
      });
    });
    assert.deepEqual([claimed.code, claimed.failures], [2, ["evidence_missing"]]);
    const outside = await attack({}, (index) => {
      (index.evidence as JsonObject[]).push({
        kind: "trace",
        path: "run_payload.json",
        sha256: "0".repeat(64),
      });
    });
    assert.deepEqual([outside.code, outside.failures], [2, ["evidence_missing"]]);
  }));

Deno.test("an authorized pack fails when a trace is used for two calls, or for another one", () =>
  onStage(async (stage) => {
    const { attack } = await setUp(stage);
    const link = (from: number, to: number) => (index: JsonObject) => {
      const calls = index.calls as JsonObject[];
      calls[to] = { ...calls[to]!, trace_path: calls[from]!.trace_path! };
    };
    const reused = await attack({}, link(2, 1));
    assert.deepEqual([reused.code, reused.failures], [2, ["trace_reused"]]);
    const other = await attack({}, link(0, 3));
    assert(
      other.code === 2 && other.failures.includes("trace_of_other_call") &&
        other.failures.includes("trace_reused"),
    );
    // The stopped and the allowed decision of one call exchanged: what was executed was not allowed.
    const exchanged = await attack({}, (index) => {
      const calls = index.calls as JsonObject[];
      const [stopped, allowed] = [calls[1]!.trace_path!, calls[2]!.trace_path!];
      calls[1] = { ...calls[1]!, trace_path: allowed };
      calls[2] = { ...calls[2]!, trace_path: stopped };
    });
    assert.deepEqual([exchanged.code, exchanged.failures], [2, ["executed_without_allow"]]);
  }));

Deno.test("an authorized pack fails when a trace is changed, unsigned, or signed by a key that is not trusted", () =>
  onStage(async (stage) => {
    const { entries, attack, key } = await setUp(stage);
    const path = at("trace_0004");
    const blocked = entries.get(path)!;
    const text = new TextDecoder().decode(blocked);
    const { trace_id, policy_digest, intent_digest, observed_at } = json(blocked);
    const changed = await attack({ [path]: text.replace('"producer_version": "', '"producer_version": "9') });
    assert.deepEqual([changed.code, changed.failures], [2, ["trace_signature_failed"]], changed.error);
    const id = (await sha256(`${policy_digest}:${intent_digest}:allow`)).slice(0, 24);
    const allow = {
      verdict: "allow",
      trace_id: id,
      event_id: (await sha256(`${id}:${observed_at}`)).slice(0, 24),
    };
    const { signature: _, ...bare } = { ...json(blocked), ...allow };
    const unsigned = await attack({ [path]: prettyJson(bare) });
    assert.deepEqual([unsigned.code, unsigned.failures], [2, ["trace_unsigned"]]);
    const forged = { [path]: await resigned(blocked, allow, await testKey(9)) };
    const unknown = await attack(forged);
    assert.deepEqual([unknown.code, unknown.failures], [2, ["trace_signer_unknown"]]);
    const flag = await attack(forged, undefined, "--public-key", "gate/gate_public.key");
    assert.deepEqual([flag.code, flag.failures], [2, [
      "trace_signer_unknown",
      "approval_signer_unknown",
      "approval_audit_contradicts",
    ]]);
    const named = await attack(forged, undefined, "--trace-public-key", "gate/gate_public.key");
    assert.deepEqual([named.code, named.failures], [2, ["trace_signer_unknown"]]);
    const mismatched = await attack({
      [path]: await resigned(blocked, { verdict: "allow" }, await key("gate")),
    });
    assert(mismatched.code === 2 && mismatched.failures.includes("trace_invalid"), trace_id);
    const simulated = {
      [at("trace_0001")]: await resigned(
        entries.get(at("trace_0001"))!,
        { simulated: true },
        await key("gate"),
      ),
    };
    const simulation = await attack(simulated);
    assert.deepEqual([simulation.code, simulation.failures], [2, ["executed_without_allow"]]);
  }));

Deno.test("an authorized pack fails for another policy, whatever it is called", () =>
  onStage(async (stage) => {
    const { attack, entries } = await setUp(stage);
    const lax = "default_verdict: allow\n";
    const other = await attack({ "authorization/policy.yaml": lax });
    assert.deepEqual([other.code, other.failures], [2, ["policy_digest_differs"]]);
    const digest =
      (await stage.write("lax.yaml", lax),
        (await stage.gait`policy validate lax.yaml --json`).json.policy_digest);
    const consistent = await attack({ "authorization/policy.yaml": lax }, (index) => {
      index.policies = [{ policy_digest: digest, path: "authorization/policy.yaml" }];
    });
    assert.equal(consistent.code, 2);
    assert.deepEqual(new Set(consistent.failures), new Set(["trace_policy_foreign"]));
    const none = await attack({}, (index) => index.policies = []);
    assert.equal(none.code, 2);
    assert.match(
      new TextDecoder().decode(entries.get("authorization/policy.yaml")!),
      /default_verdict: block/,
    );
  }));

Deno.test("an authorized pack fails when an approval is missing, of another call, expired, made later, or not signed by who may", () =>
  onStage(async (stage) => {
    const { entries, attack, key } = await setUp(stage);
    const path = at("approval_token_0001");
    const token = entries.get(path)!;
    const dana = await key("dana");
    const missing = await attack({ [path]: undefined });
    assert.deepEqual([missing.code, missing.failures], [2, [
      "approval_missing",
      "approval_audit_contradicts",
    ]]);
    const { observed_at } = json(entries.get(at("trace_0003"))!);
    const before = (ms: number) => new Date(Date.parse(observed_at) + ms).toISOString();
    const forgeries: readonly (readonly [JsonObject, string])[] = [
      [{ intent_digest: "ab".repeat(32) }, "approval_invalid"],
      [{ policy_digest: "ab".repeat(32) }, "approval_invalid"],
      [{ scope: ["tool:tool.rm"] }, "approval_invalid"],
      [{ expires_at: before(-60_000) }, "approval_invalid"],
      [{ created_at: before(3_600_000), expires_at: before(7_200_000) }, "approval_invalid"],
    ];
    for (const [change, code] of forgeries) {
      const found = await attack({ [path]: await resigned(token, change, dana) });
      assert.equal(found.code, 2, JSON.stringify(change));
      assert(found.failures.includes(code), JSON.stringify([change, found]));
    }
    const foreign = await attack({ [path]: await resigned(token, {}, await testKey(9)) });
    assert(foreign.code === 2 && foreign.failures.includes("approval_signer_unknown"));
    const renamed = await attack({ [path]: new TextDecoder().decode(token).replace("dana", "dave") });
    assert(
      renamed.code === 2 && renamed.failures.includes("approval_signature_failed"),
      JSON.stringify(renamed),
    );
    const { signature: _, ...bare } = json(token);
    const unsigned = await attack({ [path]: prettyJson(bare) });
    assert(unsigned.code === 2 && unsigned.failures.includes("approval_signature_failed"));
    // The gate can sign traces; with the keys of approvers named, it can't approve.
    const own = await attack(
      { [path]: await resigned(token, {}, await key("gate")) },
      undefined,
      "--approval-public-key",
      "dana/dana_public.key",
    );
    assert(own.code === 2 && own.failures.includes("approval_signature_failed"));
  }));

Deno.test("an authorized pack fails when an approval for one call is used for two, or stands for no call", () =>
  onStage(async (stage) => {
    const { entries, attack, key } = await setUp(stage);
    const path = at("approval_token_0001");
    const token = entries.get(path)!;
    const extra = at("approval_token_0002");
    const other = await resigned(
      token,
      { token_id: "ab".repeat(12), intent_digest: "cd".repeat(32) },
      await key("dana"),
    );
    const foreign = await attack({ [extra]: other }, (index) => {
      const rows = index.evidence as JsonObject[];
      rows.push({ ...rows.find((row) => row.path === path)!, path: extra, sha256: "" });
    });
    assert.equal(foreign.code, 2);
    const digest = await sha256(other);
    const listed = await attack({ [extra]: other }, (index) => {
      (index.evidence as JsonObject[]).push({ kind: "approval_token", path: extra, sha256: digest });
    });
    assert.deepEqual([listed.code, listed.failures], [2, ["approval_foreign"]]);
    const once = await resigned(token, { scope: ["tool:tool.write", "use:single"] }, await key("dana"));
    const second = await resigned(
      entries.get(at("trace_0003"))!,
      await later(json(entries.get(at("trace_0003"))!)),
      await key("gate"),
    );
    const secondDigest = await sha256(second);
    const replayed = await attack({ [path]: once, [at("trace_0099")]: second }, (index) => {
      (index.evidence as JsonObject[]).push({ kind: "trace", path: at("trace_0099"), sha256: secondDigest });
    });
    assert.deepEqual([replayed.code, replayed.failures], [2, ["approval_used_twice"]]);
  }));

/** The same decision a second later. */
async function later(
  { trace_id, observed_at }: { trace_id: string; observed_at: string },
): Promise<JsonObject> {
  const moment = new Date(Date.parse(observed_at) + 1000).toISOString().replace(/\.?0+Z$/, "Z");
  return { observed_at: moment, event_id: (await sha256(`${trace_id}:${moment}`)).slice(0, 24) };
}

Deno.test("an authorized pack fails for audits that are not about its decisions, and without its index", () =>
  onStage(async (stage) => {
    const { entries, attack, verify, pack } = await setUp(stage);
    const audits = [...entries.keys()].filter((name) => name.includes("approval_audit"));
    assert(audits.length > 0);
    for (const path of audits) {
      const foreign = await attack({
        [path]: prettyJson({ ...json(entries.get(path)!), trace_id: "ab".repeat(12) }),
      });
      assert(foreign.code === 2 && foreign.failures.includes("record_foreign"), path);
      const tool = await attack({
        [path]: prettyJson({ ...json(entries.get(path)!), tool_name: "tool.look" }),
      });
      assert(tool.code === 2 && tool.failures.includes("record_foreign"), path);
    }
    const granted = audits.find((path) => json(entries.get(path)!).valid_approvals > 0)!;
    const audit = json(entries.get(granted)!);
    for (const change of [{ approved: false }, { required_approvals: 2 }]) {
      const found = await attack({ [granted]: prettyJson({ ...audit, ...change }) });
      assert.deepEqual([found.code, found.failures], [2, ["approval_audit_contradicts"]]);
    }
    const stripped = await verify(
      await forge(pack, { [INDEX]: undefined, "proof_records.jsonl": undefined }),
    );
    assert.equal(stripped.code, 2);
    const all = Object.fromEntries(
      [...entries.keys()].filter((name) => name.startsWith("authorization/") || name === INDEX)
        .map((name) => [name, undefined]),
    );
    const bare = await forge(pack, { ...all, "proof_records.jsonl": undefined });
    assert.equal((await verify(bare)).code, 0);
    const plain = await unpack(bare) as Entries;
    const others = [plain.get("source/runpack.zip")!, await forge(await jobPackSample(), { [INDEX]: "{}" })];
    for (const other of others) {
      for (const flags of [["--require-authorization"], ["--policy", "policy.yaml"]]) {
        const found = await verify(other, ...flags);
        assert.equal(found.code, 2);
        assert(found.failures.includes("authorization_missing") || found.error, "no pack of a run");
      }
    }
    const demanded = await verify(bare, "--require-authorization");
    assert.deepEqual([demanded.code, demanded.failures], [2, ["authorization_missing"]]);
    const run = await attack({}, (index) => index.run_id = "other");
    assert.deepEqual([run.code, run.failures], [2, ["authorization_run_differs"]]);
    const unknown = await attack({}, (index) => index.extra = true);
    assert.equal(unknown.code, 2);
  }));

Deno.test("an authorized pack tells how far it goes without keys, and strict takes none of that", () =>
  onStage(async (stage) => {
    const { verify, pack } = await setUp(stage);
    await Deno.remove(stage.path(".gait"), { recursive: true });
    const open = await verify(pack);
    assert.deepEqual([open.code, open.failures], [0, []]);
    assert(
      open.findings.includes("trace_signer_unknown") && open.findings.includes("approval_signer_unknown"),
    );
    for (const flags of [["--require-authorization"], ["--policy", "policy.yaml"]]) {
      const demanded = await verify(pack, ...flags);
      assert.equal(demanded.code, 2, "checked against nothing");
      assert(demanded.failures.includes("trace_signer_unknown"));
      assert(demanded.failures.includes("approval_signer_unknown"));
    }
    const named = await verify(
      pack,
      ..."--trace-public-key gate/gate_public.key --approval-public-key dana/dana_public.key".split(" "),
    );
    assert.deepEqual([named.code, named.findings], [0, []]);
    const wrong = await verify(pack, "--approval-public-key", "gate/gate_public.key");
    assert(wrong.code === 2 && wrong.failures.includes("approval_signature_failed"));
    assert.equal((await verify(pack, "--approver-keys", "dana")).code, 6, "no key of an approver");
  }));

Deno.test("pack build --from-traces takes no name of a file into the pack, and follows no link in a folder", () =>
  onStage(async (stage) => {
    const { gait, write, folder, path } = stage;
    await gatedSession(stage);
    await write("out/secret.json", JSON.stringify(gatedCall("tool.read")));
    await Deno.symlink(`${folder}/out/secret.json`, path("t/trace_link.json"));
    await Deno.rename(path("t/trace_tool.rm0.json"), path("t/..\\..\\evil name.json"));
    const built =
      await gait`pack build --from-traces t,approval.json,results.jsonl --policy policy.yaml --out p.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    const names = [...(await unpack(await stage.bytes("p.zip"))).keys()];
    assert(names.every((name) => /^(?:authorization\/)?[a-z0-9_/.]+$/.test(name)), names.join());
  }));
