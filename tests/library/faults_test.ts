/**
 * Bad input for a gate in process: the tool is not executed, the error says which, and nothing is left. What can befall an
 * executable does not apply here; for it in Node and Bun see tests/integrations/node/faults.test.mjs.
 */
import assert from "node:assert/strict";
import { guardTool, openGate, parsePublicKey, RefusedError, verifyTrace } from "../../mod.ts";
import { urlOf } from "../../scripts/root.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

const POLICY = "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [t]}}]\n";
const context = { identity: "a", workspace: "/w", risk_class: "low" };

/** Make a guarded call that has to be refused; the error. */
async function refused(gate: Awaited<ReturnType<typeof openGate>>): Promise<RefusedError> {
  const run = guardTool(gate, { name: "t", context }, () => assert.fail("it was executed"));
  const error = await run({}).then(() => assert.fail("it was executed"), (error) => error);
  assert.ok(error instanceof RefusedError && error.refusal.verdict === "error", String(error));
  return error;
}

async function run(program: string, ...args: string[]): Promise<number> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).code;
  } catch {
    return 127;
  }
}

/** Whether a file system of a given size can be made here. */
const cannotMount = await (async () => {
  const folder = await Deno.makeTempDir();
  try {
    if (await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder) !== 0) {
      return "mounting is not allowed";
    }
    await run("umount", "-l", folder);
    return undefined;
  } finally {
    await Deno.remove(folder);
  }
})();

testUnless(
  cannotMount,
  "a disk that is full: nothing is executed, and every trace that is there verifies",
  () =>
    onStage(async ({ path, write, gait }) => {
      await write("policy.yaml", POLICY);
      await gait`keys init --out-dir ${path("k")}`;
      await Deno.mkdir(path("full"));
      assert.equal(await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path("full")), 0);
      try {
        const keys = { signing: { file: path("k/gait_private.key") } };
        const gate = await openGate({ policy: path("policy.yaml"), keys, traceDir: path("full/traces") });
        let error: unknown;
        for (let n = 0; n < 200 && error === undefined; n++) {
          error = await gate.decide({ tool_name: "t", args: { n }, context }).then(
            () => undefined,
            (reason) => reason,
          );
        }
        assert.equal((error as { code?: string } | undefined)?.code, "io_failure", String(error));
        assert.equal((await refused(gate)).code, "io_failure");
        await gate.close().catch(() => {});
        const key = await parsePublicKey(await Deno.readTextFile(path("k/gait_public.key")));
        for await (const { name } of Deno.readDir(path("full/traces"))) {
          if (!name.startsWith("trace_")) continue;
          const bytes = await Deno.readFile(path(`full/traces/${name}`));
          assert.ok((await verifyTrace(bytes, { source: "flag", key })).ok, name);
        }
      } finally {
        assert.equal(await run("umount", "-l", path("full")), 0);
      }
    }),
);

Deno.test("another working folder is no other policy, no other session, and starts no counter anew", () =>
  onStage(async ({ folder, path, write }) => {
    const limit = "rate_limit: {requests: 1, window: hour, scope: tool}";
    await write("policy.yaml", POLICY.replace("}}]", `}, ${limit}}]`));
    await write("elsewhere/policy.yaml", "default_verdict: allow\n");
    await write(
      "agent.ts",
      `import { openGate, openSession } from ${JSON.stringify(`${repository}mod.ts`)};
      const gate = await openGate({ policy: "policy.yaml" });
      const session = await openSession({ journal: "s.jsonl", sessionId: "s", runId: "r" });
      const decide = async (tool_name: string) =>
        (await gate.decide({ tool_name, context: ${JSON.stringify(context)} })).verdict;
      const verdicts = [await decide("t")];
      Deno.chdir("elsewhere");
      await session.append({ toolName: "t", verdict: "allow" });
      verdicts.push(await decide("t"), await decide("other"));
      await gate.close();
      console.log(verdicts.join(" "));`,
    );
    const args = ["run", "-q", "-A", "--no-check", "--config", `${repository}deno.json`, path("agent.ts")];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    assert.equal(text(stdout), "allow block block", text(stderr));
    assert.deepEqual([...Deno.readDirSync(path("elsewhere"))].map(({ name }) => name), ["policy.yaml"]);
    assert.match(await Deno.readTextFile(path("s.jsonl")), /"tool_name":"t"/);
  }));

Deno.test("a policy that is missing, or wrong, while the gate is open refuses every call until it is mended", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    const gate = await openGate({ policy: path("policy.yaml") });
    const intent = { tool_name: "t", context };
    assert.equal((await gate.decide(intent)).verdict, "allow");
    await Deno.remove(path("policy.yaml"));
    assert.equal((await refused(gate)).code, "invalid_input");
    await write("policy.yaml", "default_verdict: alow\n");
    assert.equal((await refused(gate)).code, "invalid_input");
    await write("policy.yaml", POLICY);
    assert.equal((await gate.decide(intent)).verdict, "allow");
    await gate.close();
    await refused(gate);
  }));

Deno.test("a program that ends with calls in flight executes none of them, and what was answered is kept", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    await write(
      "program.ts",
      `import { guardTool, openGate } from "${urlOf("mod.ts")}";
const context = ${JSON.stringify(context)};
const gate = await openGate({ policy: "policy.yaml", traceDir: "traces" });
await gate.decide({ tool_name: "t", context });
const call = guardTool(gate, { name: "t", context }, () => Deno.writeTextFileSync("ran", ""));
for (let n = 0; n < 20; n++) call({ n }).catch(() => {});
Deno.exit(3);`,
    );
    const args = [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      "--config",
      `${repository}deno.json`,
    ];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "program.ts"],
      cwd: path("."),
    }).output();
    assert.equal(code, 3);
    assert.ok(![...Deno.readDirSync(path("."))].some(({ name }) => name === "ran"));
    const gate = await openGate({ policy: path("policy.yaml"), traceDir: path("traces") });
    await gate.close();
    const left = [...Deno.readDirSync(path("traces"))].filter(({ name }) => name.startsWith("trace_"));
    assert.ok(left.length >= 1);
    assert.deepEqual([...Deno.readDirSync(path("traces/.journal"))], []);
  }));
