/** What an error says to do next is about this error, and what a command suggests can be pasted. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

/** What says nothing about the error at hand (lib/errors/codes.ts has it for JSON). */
const VAGUE = /Check the usage and the format of the input|Check the environment and the logs/;

/** Errors for which the helpful next step has a word that can be told: a file, a flag, a command or a name. */
const TELLING: readonly (readonly [readonly string[], RegExp])[] = [
  [argv`policy test policy.yaml --fixtures nowhere`, /\.intent\.json/],
  [argv`policy test policy.yaml --fixtures half`, /one\.intent\.json/],
  [
    argv`policy simulate --policy policy.yaml --baseline policy.yaml --fixtures gone.json`,
    /path/,
  ],
  [argv`gate eval --policy policy.yaml --intent bare.json`, /tool_name/],
  [argv`report top folder`, /--traces/],
  [argv`verify run_demo --public-key keys/gait_private.key`, /public key/],
  [argv`verify run_demo --private-key keys/gait_public.key`, /private key/],
  [["run", "reduce", "run_demo"], /non_ok_status/],
  [argv`regress bootstrap --from ./bare.json`, /run import/],
  [argv`regress run --candidate run_dem=run_demo`, /run_demo(?!=)/],
  [argv`run import chat.json --format otel`, /--format/],
  [["run", "import", "spans.json"], /gen_ai/],
  [["run", "import", "empty.json"], /JSON document/],
];

/** Words of the runtime, the system or the validator. */
const FOREIGN =
  /os error|Unexpected (token|end)|not valid JSON|Invalid (type|key|value)|Expected .* but received|at file:|undefined/;

const BAD: readonly (readonly string[])[] = [
  ["verify"],
  ["verify", "nowhere"],
  ["verify", "folder"],
  ["verify", "text.zip"],
  ["verify", "empty.zip"],
  ["verify", "a", "b"],
  argv`verify run_demo --profile x`,
  argv`verify run_demo --public-key nowhere`,
  argv`verify run_demo --public-key folder`,
  argv`verify run_demo --public-key text.json`,
  argv`verify run_demo --public-key-env GAIT_NO_SUCH_VARIABLE`,
  ["verify", "run_demo", "--nope"],
  argv`gate eval --policy nowhere --intent intent.json`,
  argv`gate eval --policy text.json --intent intent.json`,
  argv`gate eval --policy policy.yaml`,
  argv`gate eval --policy policy.yaml --intent text.json`,
  argv`gate eval --policy policy.yaml --intent wrong.json`,
  argv`gate stream --policy policy.yaml --trace-dir text.json`,
  ["policy", "validate", "broken.yaml"],
  ["run", "record", "text.json"],
  ["run", "record", "wrong.json"],
  ["run", "import", "text.json"],
  argv`run session status --journal text.json`,
  ["trace", "verify", "wrong.json"],
  ["pack", "verify", "text.zip"],
  argv`pack build run_demo --out folder`,
  ["regress", "run"],
  argv`keys init --out-dir text.json`,
  argv`keys trust add text.json --name x`,
  argv`delegate verify --token text.json --public-key text.json`,
];

async function setUp({ gait, write }: Stage): Promise<void> {
  await gait("demo");
  await write("folder/file", "");
  await write("text.json", "{'a': 1,}");
  await write("wrong.json", '{"tool_name":[],"run":{"run_id":7}}');
  await write("text.zip", "no archive");
  await write("empty.zip", "");
  await write(
    "intent.json",
    '{"tool_name":"t","context":{"identity":"a","workspace":"/w","risk_class":"low"}}',
  );
  await write("policy.yaml", "default_verdict: block\n");
  await write("broken.yaml", "a: [\n");
  await write("bare.json", "{}");
  await write("empty.json", "");
  await write("chat.json", '{"messages":[{"role":"user","content":"hi"}]}');
  await write("spans.json", '{"resourceSpans":[]}');
  await write("half/one.intent.json", "{}");
}

Deno.test("an error's next line names what helps", () =>
  onStage(async (stage) => {
    await setUp(stage);
    await stage.gait`keys init --out-dir keys`;
    await stage.gait`regress bootstrap --from run_demo`;
    for (const [args, telling] of TELLING) {
      const { code, stderr } = await stage.gait(...args);
      const next = stderr.slice(stderr.indexOf("next:")).replace(/gait [a-z ]* --help/g, "");
      assert.equal(code, 6, args.join(" "));
      assert.match(next, telling, args.join(" "));
    }
  }));

Deno.test("run record warns about members that nothing reads", () =>
  onStage(async ({ gait, write }) => {
    const intents = [{ intent_id: "c", tool_nam: "wire", args: {} }];
    await write("a.json", JSON.stringify({ run: { run_id: "a" }, intent: intents }));
    await write("b.json", JSON.stringify({ run: { run_id: "b" }, intents }));
    await write("c.json", JSON.stringify({ run: { run_id: "c" }, intents: [], results: [] }));
    const notesOf = async (name: string): Promise<string[]> =>
      (await gait`run record ${name} --capture-mode raw --json`).json.notes ?? [];
    assert.match((await notesOf("a.json")).join(), /"intent".*"intents"/);
    assert.match((await notesOf("b.json")).join(), /"intents\[0\]\.tool_nam".*"tool_name"/);
    assert.deepEqual(await notesOf("c.json"), []);
  }));

Deno.test("a run that called nothing is not proposed as a regression, which would refuse it", () =>
  onStage(async ({ gait, write }) => {
    await write("chat.json", '{"messages":[{"role":"user","content":"hi"}]}');
    const { json } = await gait`run import chat.json --run-id idle --json`;
    assert.deepEqual([json.runs[0].intents, json.next_commands], [0, ["gait verify idle"]]);
  }));

Deno.test("an error's next line is about this error, and none of its words come from the machinery", () =>
  onStage(async (stage) => {
    await setUp(stage);
    for (const args of BAD) {
      const { code, stdout, stderr } = await stage.gait(...args);
      const what = `gait ${args.join(" ")}\n${stdout}${stderr}`;
      assert.notEqual(code, 0, what);
      assert.match(stderr, /^next: ./m, what);
      assert.doesNotMatch(stderr, VAGUE, what);
      assert.doesNotMatch(stderr, FOREIGN, what);
    }
  }));

Deno.test("the commands that gait suggests run as they stand, whatever the names of files are", () =>
  onStage(async (stage) => {
    const { gait, folder, write } = stage;
    const odd = "it's $(touch pwned) ü";
    await gait`keys init --out-dir ${odd}`;
    await gait("demo");
    await Deno.copyFile(`${folder}/gait-out/runpack_run_demo.zip`, `${folder}/${odd}/run.zip`);
    await write(`${odd}/p.yaml`, "default_verdict: block\n");
    await write(
      `${odd}/i.json`,
      '{"tool_name":"t","context":{"identity":"a","workspace":"/w","risk_class":"low"}}',
    );
    for (
      const args of [
        ["verify", `${odd}/run.zip`],
        argv`pack build ${odd}/run.zip --out ${odd}/p.zip`,
        argv`migrate ${odd}/run.zip --out ${odd}/m.zip`,
        argv`run session start --journal ${odd}/s.jsonl --session-id s --run-id r`,
        ["policy", "validate", `${odd}/p.yaml`],
        argv`gate eval --policy ${odd}/p.yaml --intent ${odd}/i.json --trace-out ${odd}/t.json`,
      ]
    ) {
      const { stdout } = await gait(...args);
      const suggested = [...stdout.matchAll(/^(?:next: | {6})(gait .*)$/gm)].map(([, command]) => command!);
      assert.ok(suggested.length > 0, args.join(" "));
      for (const command of suggested) {
        assert.ok(!command.includes("…"), command);
        // Only the user knows what stands in angle brackets.
        const complete = command.replace(/<public\.key>/g, "gait-out/k")
          .replace(/<private\.key>/g, `'${odd.replaceAll("'", "'\\''")}/gait_private.key'`).replace(
            /<name>|<verdict>/g,
            "allow",
          )
          .replace(/<intent\.json>/g, `'${odd.replaceAll("'", "'\\''")}/i.json'`);
        assert.doesNotMatch(complete, /<[a-z]/, command);
        const { stderr } = await new Deno.Command("sh", {
          args: ["-c", complete],
          cwd: folder,
          env: { PATH: `${repository}bin:${Deno.env.get("PATH")}`, HOME: folder, NO_COLOR: "1" },
        }).output();
        assert.doesNotMatch(
          new TextDecoder().decode(stderr),
          /Unexpected argument|no such file|syntax|not found/i,
          command,
        );
      }
    }
    assert.ok(!(await stage.files()).some((file) => file.endsWith("pwned")));
  }));

Deno.test("what may not be read is called forbidden, not missing", () =>
  onStage(async (stage) => {
    await setUp(stage);
    if (
      Deno.uid() === 0 &&
      !(await new Deno.Command("sh", { args: ["-c", "command -v setpriv"] }).output()).success
    ) {
      console.log("skipped: root may read everything, and there is no setpriv here");
      return;
    }
    await Deno.mkdir(`${stage.folder}/closed`);
    await stage.write("closed/run.zip", "");
    await stage.write("closed/key", "");
    for (const path of [stage.folder]) await Deno.chmod(path, 0o755);
    await Deno.chmod(`${stage.folder}/closed`, 0o700);
    await Deno.chmod(`${stage.folder}/policy.yaml`, 0o000);
    // Root reads everything: run as somebody else, or take the read permissions of the owner away.
    if (Deno.uid() !== 0) await Deno.chmod(`${stage.folder}/closed`, 0o000);
    const as = Deno.uid() === 0 ? argv`setpriv --reuid=65534 --regid=65534 --clear-groups` : [];
    try {
      for (
        const args of [
          ["verify", "closed/run.zip"],
          argv`verify run_demo --public-key closed/key`,
          ["policy", "validate", "policy.yaml"],
          ["check", "--policy", "policy.yaml"],
          ["pack", "verify", "closed/run.zip"],
        ]
      ) {
        const [command, ...rest] = [...as, `${repository}bin/gait`, ...args];
        const { code, stderr } = await new Deno.Command(command!, {
          args: rest,
          cwd: stage.folder,
          env: { HOME: stage.folder, NO_COLOR: "1" },
        }).output();
        const text = new TextDecoder().decode(stderr);
        assert.deepEqual([code, /permission denied/.test(text)], [6, true], `${args.join(" ")}\n${text}`);
      }
    } finally {
      await Deno.chmod(`${stage.folder}/closed`, 0o700);
    }
  }));

Deno.test("trace verify names tool, caller, verdict and key; session append what it appended", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await setUp(stage);
    const { json: { key_id: id } } = await gait`keys init --json`;
    await gait`gate eval --policy policy.yaml --intent intent.json --trace-out t.json
      --key-mode prod --private-key gait-out/keys/gait_private.key`;
    const args = argv`trace verify t.json --public-key gait-out/keys/gait_public.key`;
    const shown = (await gait(...args)).stdout;
    for (const value of ["verdict   block\n", `key       ${id}`, "tool      t\n", "caller    a\n"]) {
      assert.ok(shown.includes(value), shown);
    }
    const { json } = await gait`${args} --json`;
    assert.deepEqual([json.tool_name, json.caller, json.verdict, json.key_id], ["t", "a", "block", id]);
    await gait`run session start --journal s.jsonl --session-id s --run-id r`;
    const appended = await gait`run session append --journal s.jsonl --tool pay.send
      --verdict block --reason-codes limit`;
    for (const value of ["sequence=1", "pay.send", "block", "limit"]) {
      assert.ok(appended.stdout.includes(value), value);
    }
  }));
