/** What a script passes where a variable of its own is empty: `--out "$UNSET"`. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const RUN = JSON.stringify({
  run: { run_id: "r", created_at: "2026-04-01T09:00:00Z" },
  intents: [{ intent_id: "1", tool_name: "t", args: {} }],
});
const CHAT = JSON.stringify([{
  role: "assistant",
  tool_calls: [{ id: "c", type: "function", function: { name: "t", arguments: "{}" } }],
}]);

/** A folder with a recorded run, a conversation and a session. */
async function prepare({ gait, write }: Stage): Promise<void> {
  await write("run.json", RUN);
  await write("chat.json", CHAT);
  await gait`run record run.json`;
  await gait`run session start --journal s.jsonl --session-id s --run-id r`;
  await gait`run session append --journal s.jsonl --tool t --verdict ALLOW`;
  await gait`run session checkpoint --journal s.jsonl --out cp.zip`;
}

const BLANK = " ";

/** Command lines with a blank value that counts as not given. */
const NOT_GIVEN: readonly (readonly string[])[] = [
  argv`run record run.json --run-id ${BLANK} --capture-mode ${BLANK} --context-envelope ${BLANK}`,
  argv`run record run.json --context-evidence-mode ${BLANK} --out-dir other`,
  argv`run import chat.json --format ${BLANK} --run-id ${BLANK} --capture-mode ${BLANK}`,
  argv`run inspect --from ${""} r`,
  argv`run diff r r --privacy ${BLANK} --output ${BLANK}`,
  argv`run reduce r --predicate ${" MISSING_RESULT "} --out ${BLANK} --report-out ${BLANK}`,
  argv`run session append --journal s.jsonl --tool t --verdict ${" Block "} --trace-id ${BLANK}`,
  argv`run session compact --journal s.jsonl --out ${BLANK} --dry-run`,
  argv`run session chain --journal s.jsonl --out ${BLANK}`,
  argv`migrate r --out ${BLANK}`,
  argv`pack build r --type RUN --out ${BLANK} --key-mode ${BLANK}`,
  argv`pack verify --path ${BLANK} gait-out/runpack_r.zip --jobs ${BLANK} --profile ${BLANK}`,
  argv`verify r --profile ${BLANK}`,
  argv`verify chain --run r --trace ${BLANK} --pack ${BLANK}`,
  argv`scout signal r --out ${BLANK}`,
];

Deno.test("a blank value counts as not given where there is nothing that it would replace", () =>
  onStage(async (stage) => {
    await prepare(stage);
    for (const args of NOT_GIVEN) {
      const { code, stdout } = await stage.gait(...args);
      assert.equal(code, 0, `${args.join(" ")}\n${stdout}`);
    }
  }));

/** Command lines that are refused before anything is read or written. */
const REFUSED: readonly (readonly string[])[] = [
  argv`run record run.json --out-dir ${BLANK}`,
  argv`run record run.json --private-key ${BLANK}`,
  argv`run import chat.json --private-key-env ${BLANK}`,
  argv`run record run.json --capture-mode RAW`,
  argv`run record run.json --context-evidence-mode never`,
  argv`run import chat.json --out-dir ${BLANK}`,
  argv`run import chat.json --format OpenAI2`,
  argv`run diff r r --privacy FULL`,
  argv`run diff ./s_chain.json ./s_chain.json --privacy none`,
  argv`run reduce r --predicate ${BLANK}`,
  argv`run replay r --unsafe-real-tools-env ${BLANK}`,
  argv`run session start --journal t.jsonl --session-id ${BLANK} --run-id r`,
  argv`run session append --journal s.jsonl --tool t --verdict ${BLANK}`,
  argv`run session append --journal s.jsonl --tool ${BLANK} --verdict allow`,
  argv`run session checkpoint --journal s.jsonl --out ${BLANK}`,
  argv`run session status --journal ${BLANK}`,
  argv`migrate r --target ${BLANK}`,
  argv`pack build r --type ${BLANK}`,
  argv`pack build r --type video`,
  argv`pack build r --job-root ${BLANK}`,
  argv`pack export gait-out/runpack_r.zip --otel-out ${BLANK}`,
  argv`pack export gait-out/runpack_r.zip --postgres-sql-out x.sql --postgres-table ${BLANK}`,
  argv`pack verify gait-out/runpack_r.zip --jobs 257`,
  argv`verify r --profile paranoid`,
  argv`verify chain --run ${BLANK}`,
  argv`verify session-chain s_chain.json --min-checkpoints ${BLANK}`,
  ...["intent-digest", "policy-digest", "call-id", "commitment-class", "currency", "ledger"].map((demand) =>
    argv`voice token verify --token t.json --${demand} ${BLANK}`
  ),
  ...["delegator", "delegate", "scope", "intent-digest", "policy-digest"].map((demand) =>
    argv`delegate verify --token t.json --${demand} ${BLANK}`
  ),
  argv`delegate verify --token t.json --scope ${" , "}`,
  ...["approver-keys", "approval-ledger"].map((demand) =>
    argv`gate eval --policy p.yaml --intent i.json --${demand} ${BLANK}`
  ),
  argv`mcp proxy --policy p.yaml --call c.json --approval-ledger ${BLANK}`,
  argv`voice token mint --intent c.json --policy p.yaml --approval-ledger ${BLANK}`,
  argv`pack verify p.zip --approver-keys ${BLANK}`,
  argv`regress run --candidate ${BLANK}`,
  argv`regress run --candidates ${BLANK}`,
  argv`regress run --at-least ${BLANK}`,
  argv`registry verify --path p.json --publisher-allowlist ${BLANK}`,
  argv`registry install p.json --pin ${BLANK}`,
  argv`guard retain --keep-last ${BLANK}`,
  argv`mcp gateway --policy p.yaml --session ${BLANK} -- true`,
  argv`mcp serve --policy p.yaml --auth-token-env HOME`,
  argv`job submit --id j --policy ${BLANK}`,
  argv`job run --id j --policy-digest ${BLANK} -- true`,
  argv`job approve --id j --actor a --checkpoint ${BLANK}`,
  ...["identity", "identity-revocations", "policy", "policy-digest"].map((demand) =>
    argv`job resume --id j --${demand} ${BLANK}`
  ),
  // A key source of blanks is the name of a missing file; an empty one would be none.
  ...[
    argv`verify r`,
    argv`pack verify gait-out/runpack_r.zip`,
    argv`guard verify p.zip`,
    argv`registry install p.json`,
    argv`gateway verify p.jsonl`,
  ].flatMap((command) => [[...command, "--public-key", ""], [...command, "--public-key-env", ""]]),
  ...["--private-key", "--private-key-env"].map((source) => ["pack", "build", "r", source, ""]),
  ["pack", "verify", "gait-out/runpack_r.zip", "--approval-public-key", ""],
  argv`policy simulate --policy p.yaml --baseline p.yaml --fixtures i.json --fail-on ${BLANK}`,
];

Deno.test("a blank value is refused in the place of a default and of what a command can't run without", () =>
  onStage(async (stage) => {
    await prepare(stage);
    const before = await stage.files();
    for (const args of REFUSED) {
      const { code, json } = await stage.gait(...args, "--json");
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], args.join(" "));
      assert.doesNotMatch(json.error, /no such file/, args.join(" "));
    }
    assert.deepEqual(await stage.files(), before);
  }));
