/**
 * A loss of power under `gate stream`, played with the executable: the process is killed and its files are gone, torn
 * or empty, as a disk leaves what was never synced. The journal was.
 */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { talkTo } from "../support/talk.ts";

const POLICY =
  "default_verdict: block\nrules: [{name: read, effect: allow, match: {tool_names: [tool.read]}}]\n";
const CALL = JSON.stringify({
  tool_name: "tool.read",
  context: { identity: "a", workspace: "/w", risk_class: "low" },
});
const STREAM = argv`gate stream --policy policy.yaml --trace-dir t --key-mode prod
  --private-key k/gait_private.key`;

/** Let a stream answer the same call many times, then kill it. Tells the answered paths and what they held. */
async function killed({ folder, gait, write, read }: Stage, count: number): Promise<Map<string, string>> {
  await gait`keys init --out-dir k`;
  await write("policy.yaml", POLICY);
  const talk = talkTo(folder, ...STREAM);
  await talk.send(...Array.from({ length: count }, () => CALL));
  const paths: string[] = [];
  for (let i = 0; i < count; i++) paths.push((await talk.next()).trace_path);
  talk.kill("SIGKILL");
  await talk.end();
  return new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
}

Deno.test("gate stream has every answered trace back after a loss of power, though their bytes are the same", () =>
  onStage(async (stage) => {
    const answered = await killed(stage, 60);
    assert.equal(answered.size, 60);
    for (const [at, path] of [...answered.keys()].entries()) {
      if (at % 3 === 0) await Deno.remove(stage.path(path));
      if (at % 3 === 1) await Deno.truncate(stage.path(path));
    }
    const { code, stderr } = await stage.gaitWith({ stdin: "" }, ...STREAM);
    assert.equal(code, 0, stderr);
    for (const [path, content] of answered) assert.equal(await stage.read(path), content, path);
    const left = (await stage.files()).filter((name) => name.startsWith("t/"));
    assert.deepEqual(left, [...answered.keys()].sort());
    const [path] = answered.keys();
    assert.equal((await stage.gait`trace verify ${path!} --public-key k/gait_public.key`).code, 0);
  }));

Deno.test("gate stream starts at no journal in which a record was changed, and writes nothing of it", () =>
  onStage(async (stage) => {
    const answered = await killed(stage, 3);
    const journal = (await stage.files()).find((name) => name.startsWith("t/.journal/"))!;
    const content = await stage.read(journal);
    await stage.write(journal, content.replace('\\"verdict\\": \\"allow\\"', '\\"verdict\\": \\"block\\"'));
    for (const path of answered.keys()) await Deno.remove(stage.path(path));
    const { code } = await stage.gaitWith({ stdin: CALL }, ...STREAM);
    assert.equal(code, 6);
    assert.deepEqual((await stage.files()).filter((name) => name.startsWith("t/")), [journal]);
  }));

for (
  const [link, target] of [["t/.journal", "elsewhere"], [
    "t/.journal/left.jsonl",
    "elsewhere/left.jsonl",
  ]] as const
) {
  Deno.test(`gate stream refuses ${link} when it is a link`, () =>
    onStage(async (stage) => {
      await stage.gait`keys init --out-dir k`;
      await stage.write("policy.yaml", POLICY);
      await stage.write("elsewhere/left.jsonl", "{}\n");
      await Deno.mkdir(stage.path(link).replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.symlink(stage.path(target), stage.path(link));
      const { code, stdout } = await stage.gaitWith({ stdin: CALL }, ...STREAM);
      assert.deepEqual([code, stdout.includes("allow")], [8, false]);
      assert.equal(await stage.read("elsewhere/left.jsonl"), "{}\n");
      assert.deepEqual((await stage.files()).filter((name) => name.startsWith("t/trace")), []);
    }));
}
