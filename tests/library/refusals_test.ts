/** What the library refuses, as programs without types call it, and what its errors say. */
import assert from "node:assert/strict";
import * as gait from "../../mod.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { urlOf } from "../../scripts/root.ts";
import { repository } from "../support/places.ts";
import { INTENT, POLICY, RUN } from "./support.ts";

const {
  GaitError,
  RunRecorder,
  buildPack,
  diffRunpacks,
  generateKey,
  importRun,
  mintApproval,
  mintSayToken,
  openGate,
  parsePrivateKey,
  parsePublicKey,
  readRunpack,
  recordRun,
  replayRun,
  testPolicy,
  trustKey,
  verifyPack,
  verifyRunpack,
  verifyTrace,
} = gait;

Deno.test("errors of the library speak of its options, never of flags and commands", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    await write("bad.key", "AAAA");
    const key = await generateKey();
    const policy = path("policy.yaml");
    const approval = {
      intentDigest: "a".repeat(64),
      policyDigest: "b".repeat(64),
      approver: "d",
      reasonCode: "r",
      scope: ["x"],
      ttl: "1h",
    };
    const failing: readonly (() => Promise<unknown>)[] = [
      () => openGate({ policy: "" }),
      () => openGate({ policy: path("nowhere") }),
      () => openGate({ policy, profile: "oss-prod" }),
      () => openGate({ policy, keys: { signing: {} } }),
      () => openGate({ policy, keys: { signing: { file: path("bad.key") } } }),
      () => openGate({ policy, keys: { approval: { file: path("bad.key"), env: "X" } } }),
      () => openGate({ policy, keys: { approval: { env: "GAIT_NO_SUCH_VARIABLE" } } }),
      () => openGate({ policy, approvals: { singleUse: true, refuseSelfApproval: true, maxTtl: "x" } }),
      () => openGate({ policy, broker: { kind: "command" } }),
      () => openGate({ policy, inventory: path("nowhere"), approvedScriptRegistry: path("nowhere") }),
      () => openGate({ policy, traceDir: policy }),
      () => parsePublicKey("x"),
      () => parsePrivateKey("AAAA"),
      () =>
        mintApproval({
          intentDigest: "",
          policyDigest: "",
          approver: "",
          reasonCode: "",
          scope: [],
          ttl: "1h",
        }, key),
      () => mintApproval({ ...approval, scope: [] }, key),
      () => mintApproval({ ...approval, maxOps: -1 }, key),
      () => verifyTrace("{}", gait.NO_KEYS),
      () => readRunpack(new Uint8Array(4)),
      () => importRun("[1]"),
      () => trustKey("a b", key.public, path("t")),
      () => recordRun({ run: { run_id: "" } }),
    ];
    let failed = 0;
    for (const [i, fail] of failing.entries()) {
      const error = await fail().then(() => undefined, (error) => error);
      if (error === undefined) continue;
      failed++;
      assert.ok(error instanceof GaitError, `${i}: ${error}`);
      assert.doesNotMatch(`${error.message}\n${error.hint ?? ""}`, /--[a-z]|\bgait [a-z]+ ?[a-z]/, `${i}`);
    }
    assert.ok(failed >= 17, `${failed} failed`);
  }));

/** Calls that the compiler would refuse, as JavaScript or options out of a file make them. */
const UNCHECKED: readonly (readonly [string, () => unknown])[] = await (async () => {
  // deno-lint-ignore no-explicit-any -- what the compiler refuses is the point
  const any = (value: unknown) => value as any;
  const key = await generateKey();
  const { bytes } = await recordRun(RUN);
  const { bytes: pack } = await buildPack(bytes);
  const asked = {
    intentDigest: "0".repeat(64),
    policyDigest: "0".repeat(64),
    approver: "ana",
    reasonCode: "CHG-1",
    scope: ["tool:t"],
    ttl: "30m",
  };
  return [
    ["no options", () => openGate(any(undefined))],
    ["no policy", () => openGate(any({}))],
    ["a policy that is not a path", () => openGate(any({ policy: 3 }))],
    ["a misspelt folder of traces", () => openGate(any({ policy: "p.yaml", tracedir: "traces" }))],
    ["a misspelt key", () => openGate(any({ policy: "p.yaml", keys: { sining: { file: "k" } } }))],
    ["a misspelt source", () => openGate(any({ policy: "p.yaml", keys: { signing: { path: "k" } } }))],
    ["a switch as a text", () => openGate(any({ policy: "p.yaml", simulate: "false" }))],
    ["a switch within", () => openGate(any({ policy: "p.yaml", approvals: { singleUse: "yes" } }))],
    ["an unknown broker", () => openGate(any({ policy: "p.yaml", broker: { kind: "vault" } }))],
    ["an unknown profile", () => openGate(any({ policy: "p.yaml", profile: "oss-prd" }))],
    ["no intent", () => testPolicy(POLICY, any(undefined))],
    ["no policy to test", () => testPolicy(any(undefined), INTENT)],
    ["an intent that is not JSON", () => testPolicy(POLICY, any({ ...INTENT, args: { at: new Map() } }))],
    ["an approval without approver", () => mintApproval(any({ ...asked, approver: undefined }), key)],
    ["a misspelt single use", () => mintApproval(any({ ...asked, singleuse: true }), key)],
    ["a lifetime as a number", () => mintApproval(any({ ...asked, ttl: 1800 }), key)],
    ["a scope as a text", () => mintApproval(any({ ...asked, scope: "tool:t" }), key)],
    ["no key to sign with", () => mintApproval(asked, any(undefined))],
    ["a public key to sign with", () => mintApproval(asked, any(key.public))],
    ["a run that is not JSON", () => recordRun(any({ ...RUN, run: { run_id: new Map() } }))],
    ["a key among the surroundings", () => recordRun(RUN, any({ key }))],
    ["a public key for a run", () => recordRun(RUN, {}, any({ key: key.public }))],
    ["an unknown capture mode", () => importRun("[]", any({ captureMode: "rawx" }))],
    ["an input that is not a text", () => importRun(any({ messages: [] }))],
    ["a path instead of a runpack", () => verifyRunpack(any("runpack.zip"))],
    ["a path instead of a pack", () => verifyPack(any("pack.zip"))],
    ["a misspelt demand", () => verifyPack(pack, any({ requiresignature: true }))],
    ["a misspelt demand on a runpack", () => verifyRunpack(bytes, any({ requireSignatures: true }))],
    ["a bare key as trust", () => verifyPack(pack, any({ trusted: key.public }))],
    ["a private key as trust", () => verifyRunpack(bytes, any({ trusted: { source: "flag", key } }))],
    ["no trust for a trace", () => verifyTrace("{}", any(undefined))],
    ["a runpack that is none", () => readRunpack(any("runpack.zip"))],
    ["options as a key", () => buildPack(bytes, any(key))],
    ["a private key to trust", () => trustKey("ana", any(key))],
    ["no text of a key", () => parsePublicKey(any(undefined))],
    ["bytes of a private key", () => parsePrivateKey(any(new Uint8Array(64)))],
    ["the path of a private key", () => parsePrivateKey("keys/gait_private.key")],
    ["the path of a policy", () => testPolicy("policy.yaml", INTENT)],
    ["the path of a conversation", () => importRun("log.json")],
    ["an archive to replay", () => replayRun(any(bytes))],
    ["an archive to compare", async () => diffRunpacks(any(bytes), await readRunpack(bytes), "full")],
    [
      "a comparison of an unknown kind",
      async () => diffRunpacks(await readRunpack(bytes), await readRunpack(bytes), any("all")),
    ],
    ["a recorder as a run", () => recordRun(any(new RunRecorder("r")))],
    [
      "no gate for a sentence",
      () => mintSayToken(any(openGate({ policy: "p" }).catch(() => {})), any({}), { key }),
    ],
  ];
})();

for (const [name, call] of UNCHECKED) {
  Deno.test(`the library refuses ${name} by invalid_input, and does not pass it over`, async () => {
    await assert.rejects(
      async () => await call(),
      (error) => error instanceof GaitError && error.code === "invalid_input",
    );
  });
}

Deno.test("decide() refuses a misspelt member beside the call, and tokens that are no list", () =>
  onStage(async ({ path, write }) => {
    await write("policy.yaml", POLICY);
    const gate = await openGate({ policy: path("policy.yaml") });
    for (const options of [{ approvalToken: [] }, { approvalTokens: {} }, { contextEnvelope: [] }, null]) {
      await assert.rejects(
        // deno-lint-ignore no-explicit-any -- what the compiler refuses is the point
        gate.decide(INTENT, options as any),
        (error) => error instanceof GaitError && error.code === "invalid_input",
        JSON.stringify(options),
      );
    }
    await gate.close();
  }));

Deno.test("a permission that a program lacks is a GaitError that names it", () =>
  onStage(async ({ path, write, folder }) => {
    await write("policy.yaml", POLICY);
    await write(
      "program.ts",
      `import { GaitError, generateKey, loadTrustStore, openGate, trustKey } from ${
        JSON.stringify(urlOf("mod.ts"))
      };
const policy = ${JSON.stringify(path("policy.yaml"))};
const told = [];
for (const step of [
  () => openGate({ policy }),
  () => openGate({ policy, keys: { signing: { env: "KEY" } } }),
  () => openGate({ policy, traceDir: ${JSON.stringify(path("traces"))} }),
  () => loadTrustStore(${JSON.stringify(path("trust"))}),
  async () => await trustKey("k", (await generateKey()).public, ${JSON.stringify(path("trust"))}),
]) {
  try { await step(); told.push("done"); }
  catch (e) { told.push(e instanceof GaitError ? e.code + " " + /permission "(\\w+)"/.exec(e.message)?.[1] : "raw " + e); }
}
console.log(JSON.stringify(told));`,
    );
    const reported = async (...allowed: string[]) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: argv`run --quiet --no-check --no-prompt --no-lock --config=${repository}deno.json ${allowed}
          ${path("program.ts")}`,
        cwd: folder,
      }).output();
      return JSON.parse(new TextDecoder().decode(stdout));
    };
    const [read, write_, env] = [
      "dependency_missing read",
      "dependency_missing write",
      "dependency_missing env",
    ];
    assert.deepEqual(await reported(), [read, read, read, read, read]);
    assert.deepEqual(await reported("--allow-read"), ["done", env, write_, "done", write_]);
    assert.deepEqual(await reported("--allow-read", "--allow-write"), ["done", env, "done", "done", "done"]);
  }));
