/** From a stopped call to an allowed one, as people do it. */
import assert from "node:assert/strict";
import approve from "../../lib/commands/approve.ts";
import { parseArguments } from "../../lib/cli/parse.ts";
import type { FlagValues } from "../../lib/commands/define.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { type FakeEffects, fakeEffects } from "../support/fake_effects.ts";
import { memoryFiles } from "../support/memory_files.ts";

const POLICY = "rules: [{name: careful, effect: require_approval, match: {tool_names: [db.drop]}}]";
const INTENT = JSON.stringify({
  tool_name: "db.drop",
  args: { table: "users" },
  targets: [{ kind: "path", value: "/db/users", operation: "drop" }],
  context: { identity: "agent-7", workspace: "/w", risk_class: "low" },
});

const EVAL = argv`gate eval --policy policy.yaml --intent intent.json`;
const GATE_KEY = argv`--key-mode prod --private-key k/gate_private.key`;
const DANA = argv`--approver dana --reason-code CHG-7 --ttl 30m`;
const DANA_KEY = argv`--key-mode prod --private-key k/dana_private.key`;
const TRUST = ["--approval-public-key", "k/dana_public.key"];

/** A call that was stopped, its trace in t.json. */
async function stopped({ gait, write }: Stage): Promise<void> {
  await write("policy.yaml", POLICY);
  await write("intent.json", INTENT);
  await gait`keys init --out-dir k --prefix gate`;
  await gait`keys init --out-dir k --prefix dana`;
  assert.equal((await gait`${EVAL} ${GATE_KEY} --trace-out t.json`).code, 4);
}

/** The stopped call, approved by dana; the token in a.json. */
async function approved({ gait }: Stage): Promise<void> {
  const call = argv`--from-trace t.json --intent intent.json --yes`;
  const { code, stderr } = await gait`approve ${call} --out a.json ${DANA} ${DANA_KEY}`;
  assert.equal(code, 0, stderr);
}

Deno.test("a token where the gateway and the hooks look for it is not to be given to gate eval", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const next = async (out: string) => {
      const call = argv`--from-trace t.json --intent intent.json --yes`;
      const { code, stdout } = await stage.gait("approve", ...call, "--out", out, ...DANA, ...DANA_KEY);
      assert.equal(code, 0);
      return /^next: (.*)$/m.exec(stdout)![1]!;
    };
    for (
      const out of [
        ".gait/approvals/a.json",
        "./.gait/approvals/b.json",
        stage.path(".gait/approvals/c.json"),
      ]
    ) {
      assert.match(await next(out), /^(?!gait ).*--approval-public-key/);
    }
    for (const out of ["a.json", "my.gait/approvals/a.json", ".gait/approvals/sub/a.json"]) {
      assert.match(await next(out), /^gait gate eval .*--approval-token/);
    }
  }));

Deno.test("approve --from-trace makes a token that fits the stopped call, once", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, read } = stage;
    const approved = await gait`approve --from-trace t.json --intent intent.json
      --policy policy.yaml --yes --trace-public-key k/gate_public.key --single-use --out new/a.json
      --json ${DANA} ${DANA_KEY}`;
    assert.equal(approved.code, 0);
    assert.equal(approved.json.trace_signature, "verified");
    assert.deepEqual(approved.json.scope, ["destructive:apply", "phase:apply", "tool:db.drop", "use:single"]);
    assert.equal(JSON.parse(await read("new/a.json")).max_targets, 1);
    const again = () => gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token new/a.json --json`;
    const first = await again();
    assert.deepEqual([first.code, first.json.verdict], [0, "allow"]);
    const second = await again();
    assert.equal(second.code, 4);
    assert.ok(second.json.reason_codes.includes("approval_token_replayed"));
  }));

Deno.test("a token that does not count is told why, and what to do about it", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await stopped(stage);
    await approved(stage);
    const token = argv`--approval-token a.json`;
    for (
      const [flags, why] of [
        [token, "not signed by the key that counts"],
        [
          [...token, "--approval-public-key", "k/gate_public.key"],
          "check --approval-public-key or --approver-keys",
        ],
        [argv`--approval-token t.json ${TRUST}`, "give the file that gait approve wrote"],
      ] as const
    ) {
      const { code, stdout } = await gait`${EVAL} ${GATE_KEY} ${flags}`;
      assert.equal(code, 4);
      assert.match(stdout.replace(/\s+/g, " "), new RegExp(` token .*${why}`));
    }
    const mint = argv`delegate mint --delegator lead --delegate a --scope s --ttl 1h --out d.json`;
    await gait`${mint} ${DANA_KEY}`;
    const verify = argv`delegate verify --token d.json --json`;
    for (
      const [flags, hint] of [
        [argv`--public-key k/gate_public.key`, /not signed with this key/],
        [argv`--public-key k/dana_public.key --delegate b`, /for another agent: check --delegate/],
      ] as const
    ) {
      const { code, json } = await gait`${verify} ${flags}`;
      assert.equal(code, 2);
      assert.match(json.hint, hint);
    }
    const dev =
      await gait`approve --intent intent.json --policy policy.yaml ${DANA} --private-key k/dana_private.key --json`;
    assert.equal(dev.json.hint, "Give --key-mode prod to sign with the key");
  }));

Deno.test("approve --from-trace signs nothing when nobody is there to look", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { code } = await stage.gait`approve --from-trace t.json ${DANA} ${DANA_KEY} --out a.json`;
    assert.equal(code, 8);
    assert.ok(!(await stage.files()).includes("a.json"));
  }));

Deno.test("approve --from-trace refuses what doesn't fit together", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, write, read } = stage;
    const from = (...more: string[]) =>
      gait`approve --from-trace t.json ${DANA} ${DANA_KEY} --out a.json --yes ${more}`;
    await write("other.json", INTENT.replace("users", "logs"));
    assert.equal((await from("--intent", "other.json")).code, 6);
    await write("other.yaml", POLICY.replace("careful", "other"));
    assert.equal((await from("--intent", "intent.json", "--policy", "other.yaml")).code, 6);
    assert.equal((await from("--intent-digest", "a".repeat(64))).code, 6);
    assert.equal((await from("--trace-public-key", "k/dana_public.key")).code, 2);
    const trace = await read("t.json");
    await write("t.json", trace.replace('"tool_name": "db.drop"', '"tool_name": "db.read"'));
    assert.equal((await from("--trace-public-key", "k/gate_public.key")).code, 2);
    await write("t.json", trace.replace('"require_approval"', '"block"'));
    assert.equal((await from()).code, 6);
    assert.ok(!(await stage.files()).includes("a.json"));
  }));

Deno.test("a trace that nobody vouches for is said to be unverified", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const approving = argv`approve --from-trace t.json --yes --json --out a.json`;
    const approved = async () => {
      const { code, json } = await stage.gait(...approving, ...DANA, ...DANA_KEY);
      return [code, json.trace_signature, json.scope];
    };
    assert.deepEqual(await approved(), [0, "unverified", ["tool:db.drop"]]);
    // Whom the project trusts need not be who runs this gate; but a trusted key must not be lied about.
    await stage.gait`keys trust add k/dana_public.key --name dana`;
    assert.deepEqual(await approved(), [0, "unverified", ["tool:db.drop"]]);
    await stage.gait`keys trust add k/gate_public.key --name gate`;
    assert.deepEqual(await approved(), [0, "verified", ["tool:db.drop"]]);
    const trace = await stage.read("t.json");
    await stage.write("t.json", trace.replace('"agent-7"', '"agent-8"'));
    assert.equal((await approved())[0], 2);
    // Without the intent nobody knew that the call destroys; the token says nothing of that.
    const { json: refused } = await stage.gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token a.json
      --json`;
    assert.ok(refused.reason_codes.includes("approval_token_scope_mismatch"));
  }));

/** Run the command with a person at the terminal. */
async function atTerminal(
  answer: string,
): Promise<{ effects: FakeEffects; shown: string; outcome: Promise<unknown> }> {
  let trace = "";
  await onStage(async (stage) => {
    await stopped(stage);
    trace = await stage.read("t.json");
  });
  const asked: string[] = [];
  const effects = fakeEffects({
    files: memoryFiles({ "t.json": trace.replaceAll("approval_not_granted", "\\u001b[2K") }),
    isTerminal: () => true,
    ask: (text) => {
      asked.push(text);
      return Promise.resolve(answer);
    },
  });
  const given = argv`--from-trace t.json --approver dana --reason-code c --ttl 1h --out a.json`;
  const { flags } = parseArguments(approve, given);
  const outcome = approve.run({
    flags: flags as FlagValues<typeof approve.flags>,
    positionals: [],
    effects,
    version: "1.2.3",
    correlationId: () => Promise.resolve(""),
    commands: () => Promise.resolve([]),
    narrow: () => {},
    notify: () => {},
    show: () => {},
    checkArguments: () => Promise.resolve([]),
    announce: () => Promise.resolve(),
  });
  await outcome.catch(() => {});
  return { effects, shown: asked.join(), outcome };
}

for (const answer of ["", "n", "yes please", "Y E S"]) {
  Deno.test(`approve takes "${answer}" for a no`, async () => {
    const { effects, outcome } = await atTerminal(answer);
    await assert.rejects(outcome, { code: "approval_required" });
    assert.deepEqual(effects.files.paths(), ["t.json"]);
  });
}

Deno.test("approve shows the call, nothing of it as control characters, and signs once the person agrees", async () => {
  const { effects, shown, outcome } = await atTerminal("Y");
  await outcome;
  assert.deepEqual(effects.files.paths(), ["a.json", "t.json"]);
  assert.equal(effects.files.modeOf("a.json"), 0o600);
  assert.match(shown, /db\.drop/);
  assert.ok(!shown.includes("\u001b"));
});

/** Runs its arguments on a terminal of their own and types a line into it. */
const ON_TERMINAL = `import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while b"[y/N]" not in shown:
    shown += os.read(terminal, 1024)
os.write(terminal, sys.argv[1].encode() + b"\\n")
try:
    while os.read(terminal, 1024): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;

for (const [answer, exit] of [["y", 0], ["n", 4]] as const) {
  testUnless(
    withoutProgram("python3"),
    `approve on a real terminal ends with ${exit} after "${answer}"`,
    async () => {
      await onStage(async (stage) => {
        await stopped(stage);
        const args = argv`approve --from-trace t.json ${DANA} ${DANA_KEY} --out a.json`;
        const { code } = await new Deno.Command("python3", {
          args: ["-c", ON_TERMINAL, answer, `${repository}bin/gait`, ...args],
          cwd: stage.folder,
          stdin: "null",
          stdout: "null",
        }).output();
        assert.equal(code, exit);
        assert.equal((await stage.files()).includes("a.json"), exit === 0);
      });
    },
  );
}

Deno.test("approve --intent shows the whole call, with a trace and without, as text and as data", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait } = stage;
    const { json: asked } = await gait`${EVAL} ${GATE_KEY} --json`;
    const named = ["--intent-digest", asked.intent_digest, "--policy-digest", asked.policy_digest];
    for (
      const how of [
        ["--from-trace", "t.json", "--yes"],
        ["--policy", "policy.yaml", "--yes"],
        [...named, "--scope", "tool:db.drop"],
      ]
    ) {
      const run = (...more: string[]) =>
        gait`approve --intent intent.json ${how} ${more} --out a.json ${DANA} ${DANA_KEY}`;
      const { code, stdout, stderr } = await run();
      assert.equal(code, 0, stderr);
      for (
        const seen of ["args.table", '"users"', "/db/users", "DESTRUCTIVE", "agent-7", "/w", "low", "apply"]
      ) {
        assert.ok(stdout.includes(seen), `${seen} is not in\n${stdout}`);
      }
      const { json } = await run("--json");
      assert.deepEqual(json.call.args, { table: "users" });
      assert.equal(json.call.context.workspace, "/w");
      assert.equal(json.call.targets[0].value, "/db/users");
      const { json: again } = await gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token a.json
        --json`;
      // Who names call and scope by hand gets the scope that was named.
      assert.equal(again.verdict, how.includes("--scope") ? "require_approval" : "allow");
    }
  }));

Deno.test("approve --intent signs nothing but what it shows", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, write, files } = stage;
    const { json: asked } = await gait`${EVAL} ${GATE_KEY} --json`;
    await write("other.json", INTENT.replace("users", "orders"));
    await write("other.yaml", POLICY.replace("careful", "careless"));
    await write("blocks.yaml", "default_verdict: block");
    const named = ["--intent-digest", asked.intent_digest, "--policy-digest", asked.policy_digest];
    const scope = ["--scope", "tool:db.drop"];
    for (
      const [more, code] of [
        [["--intent", "other.json", ...named, ...scope], 6],
        [["--intent", "intent.json", "--policy", "other.yaml", ...named, ...scope], 6],
        [["--intent", "intent.json", ...named, ...scope, "--delegation-binding-digest", "0".repeat(64)], 6],
        [["--policy", "policy.yaml", ...named, ...scope], 6],
        [["--intent", "intent.json", "--policy", "blocks.yaml", "--yes"], 6],
        [["--intent", "intent.json", "--yes"], 6], // under which policy?
        [["--intent", "intent.json", "--policy", "policy.yaml"], 8], // nobody looked
      ] as const
    ) {
      const result = await gait`approve ${more} --out a.json ${DANA} ${DANA_KEY}`;
      assert.equal(result.code, code, more.join(" "));
      assert.ok(!(await files()).includes("a.json"));
    }
  }));

Deno.test("approve, approve-script and delegate mint take no name with characters that nobody sees", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, files } = stage;
    const before = await files();
    for (const name of ["da\u200bna", "dana\u202e", "da\nna", "\u3164"]) {
      const token = argv`--scope x --ttl 1h --out a.json ${DANA_KEY}`;
      const digests = ["--intent-digest", "0".repeat(64), "--policy-digest", "0".repeat(64)];
      for (
        const args of [
          argv`approve ${digests} --reason-code c ${token} --approver ${name}`,
          argv`delegate mint ${token} --delegator ${name} --delegate b`,
          argv`delegate mint ${token} --delegator a --delegate ${name}`,
          argv`approve-script --policy policy.yaml --intent intent.json --registry r.json`
            .concat("--approver", name),
        ]
      ) assert.equal((await gait(...args)).code, 6, args.join(" "));
    }
    assert.deepEqual(await files(), before);
  }));

Deno.test("gate.single_use_approvals makes every approval of a repository count once", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, write } = stage;
    await approved(stage);
    const again = () => gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token a.json`;
    assert.deepEqual([(await again()).code, (await again()).code], [0, 0]);
    await write(".gait/config.yaml", "gate: {single_use_approvals: true, approval_ledger: used}");
    assert.deepEqual([(await again()).code, (await again()).code], [0, 4]);
    assert.ok((await stage.files()).some((name) => name.startsWith("used/")));
    await write(".gait/config.yaml", "gate: {single_use_approvals: yess}");
    assert.equal((await again()).code, 6);
  }));

Deno.test("gate.max_approval_ttl refuses a token that would hold longer from now", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, write } = stage;
    await approved(stage);
    const again = () => gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token a.json --json`;
    await write(".gait/config.yaml", "gate: {max_approval_ttl: 10m}");
    assert.ok((await again()).json.reason_codes.includes("approval_token_lifetime_exceeded"));
    await write(".gait/config.yaml", "gate: {max_approval_ttl: 31m}");
    assert.equal((await again()).code, 0);
    await write(".gait/config.yaml", "gate: {max_approval_ttl: soon}");
    assert.equal((await again()).code, 6);
  }));

Deno.test("a token is used up before anything is written, and a trace that can't be written allows nothing", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait } = stage;
    const approving = argv`--intent intent.json --yes --out a.json --single-use`;
    await gait`approve --from-trace t.json ${approving} ${DANA} ${DANA_KEY}`;
    const again = (trace: string) =>
      gait`${EVAL} ${GATE_KEY} ${TRUST} --approval-token a.json --trace-out ${trace} --json`;
    const failed = await again("policy.yaml/below-a-file.json");
    assert.deepEqual([failed.code, failed.json.ok, failed.json.verdict], [6, false, undefined]);
    const second = await again("t2.json");
    assert.equal(second.code, 4);
    assert.ok(second.json.reason_codes.includes("approval_token_replayed"));
  }));

Deno.test("--approver-keys gives every approver a key of their own", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, write, bytes, path } = stage;
    await approved(stage);
    const again = () => gait`${EVAL} ${GATE_KEY} --approver-keys people --approval-token a.json`;
    assert.equal((await again()).code, 6); // an empty folder trusts nobody, and says so
    await write("people/omar.key", await bytes("k/gate_public.key"));
    assert.equal((await again()).code, 4);
    await write("people/dana.key", await bytes("k/dana_public.key"));
    assert.equal((await again()).code, 0);
    await write("people/eve.key", await bytes("k/dana_public.key"));
    assert.equal((await again()).code, 6);
    await Deno.remove(path("people/eve.key"));
    await Deno.symlink(path("k/gate_public.key"), path("people/eve.key"));
    assert.equal((await again()).code, 8);
  }));

Deno.test("approve and delegate mint write no token through a link", () =>
  onStage(async (stage) => {
    const { gait, write, path, read } = stage;
    await write("victim.txt", "mine");
    await Deno.symlink(path("victim.txt"), path("link.json"));
    const digest = "a".repeat(64);
    const token = argv`--scope x --ttl 1h --out link.json`;
    const approving = argv`--intent-digest ${digest} --policy-digest ${digest} --approver a
      --reason-code c`;
    assert.equal((await gait`approve ${approving} ${token}`).code, 8);
    assert.equal((await gait`delegate mint --delegator a --delegate b ${token}`).code, 8);
    assert.equal(await read("victim.txt"), "mine");
  }));

Deno.test("approve and delegate mint write no token over the key that signs it, or what it is made of", () =>
  onStage(async (stage) => {
    await stopped(stage);
    const { gait, bytes, path } = stage;
    await Deno.symlink(path("k"), path("keys"));
    const from = argv`approve --from-trace t.json --intent intent.json --policy policy.yaml`;
    const approving = [...from, "--yes", ...DANA];
    const minting = argv`delegate mint --delegator a --delegate b --scope x --ttl 1h`;
    for (
      const [command, out, name = out] of [
        [approving, "./k/dana_private.key", "k/dana_private.key"],
        [approving, "keys/dana_private.key", "k/dana_private.key"],
        [approving, "t.json"],
        [approving, "intent.json"],
        [approving, "policy.yaml"],
        [minting, "k/dana_private.key"],
      ] as const
    ) {
      const before = await bytes(name);
      assert.equal((await gait`${command} ${DANA_KEY} --out ${out}`).code, 6, out);
      assert.deepEqual(await bytes(name), before);
    }
  }));

Deno.test("approve-script makes no registry of what it reads", () =>
  onStage(async ({ gait, write, read }) => {
    const script = { steps: [{ tool_name: "t", args: {} }] };
    const context = { identity: "i", workspace: "/w", risk_class: "low" };
    // Both read as a registry without entries.
    const inputs = { "p.yaml": "{}", "s.json": JSON.stringify({ script, context }) };
    for (const [name, content] of Object.entries(inputs)) await write(name, content);
    const approving = argv`approve-script --policy p.yaml --intent s.json --approver dana`;
    for (const [name, content] of Object.entries(inputs)) {
      assert.equal((await gait`${approving} --registry ${name}`).code, 6, name);
      assert.equal(await read(name), content);
    }
  }));

Deno.test("approve warns of a token that holds for long", () =>
  onStage(async ({ gait }) => {
    const digest = "a".repeat(64);
    const warnings = async (ttl: string) =>
      (await gait`approve --intent-digest ${digest} --policy-digest ${digest} --approver a --json --reason-code c
        --scope x --ttl ${ttl} --out a.json`).json.warnings.length;
    assert.equal(await warnings("721h") - await warnings("720h"), 1);
  }));

Deno.test("approve --from-trace shows what the steps of a script touch, whatever the script says of itself", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await stopped(stage);
    await write("policy.yaml", "default_verdict: require_approval\n");
    await write(
      "intent.json",
      JSON.stringify({
        script: {
          steps: [{
            tool_name: "fs.rm\u2060",
            targets: [{ kind: "path", value: "/etc/x", operation: "delete" }],
          }],
        },
        targets: [{ kind: "path", value: "/srv/harmless", operation: "read" }],
        context: { identity: "agent-7", workspace: "/w", risk_class: "low" },
      }),
    );
    assert.equal((await gait`${EVAL} ${GATE_KEY} --trace-out s.json`).code, 4);
    const { code, stdout } = await gait`approve --from-trace s.json --intent intent.json --yes --ttl 30m
      --approver dana --reason-code CHG-7 --out s.token.json ${DANA_KEY}`;
    assert.equal(code, 0);
    for (const shown of ["/etc/x", "/srv/harmless", "DESTRUCTIVE", "fs.rm\\u2060"]) {
      assert(stdout.includes(shown), shown);
    }
    assert(!stdout.includes("\u2060"));
  }));
