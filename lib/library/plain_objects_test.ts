import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { withLibraryErrors } from "./errors.ts";
import { Guard } from "./guard/guard.ts";
import { Refusal } from "./guard/refusal.ts";
import { openGate } from "./gate.ts";
import { demandPlainObjects } from "./plain_objects.ts";

const POLLUTED = { code: "unsafe_operation", detail: "prototype_polluted" };

/** Run a step while a prototype has a member that assignments to it make. */
async function polluted(
  name: string,
  value: unknown,
  step: () => unknown,
  prototype: object = Object.prototype,
): Promise<void> {
  Object.assign(prototype, { [name]: value });
  try {
    await step();
  } finally {
    Reflect.deleteProperty(prototype, name);
  }
}

Deno.test("demandPlainObjects() refuses what assignments add to all objects or lists, and no polyfill", async () => {
  demandPlainObjects();
  for (const prototype of [Object.prototype, Array.prototype]) {
    for (const name of ["verdict", "0", "\u202e"]) {
      await polluted(name, "allow", () => {
        assert.throws(
          demandPlainObjects,
          (error) =>
            error instanceof GaitError && error.detail === POLLUTED.detail && !/\u202e/.test(error.message),
        );
      }, prototype);
    }
    Object.defineProperty(prototype, "should", { value: 1, configurable: true });
    try {
      demandPlainObjects();
    } finally {
      Reflect.deleteProperty(prototype, "should");
    }
  }
});

Deno.test("withLibraryErrors() refuses a step that begins or ends with a polluted prototype", async () => {
  let ran = 0;
  await polluted("ok", true, () => assert.rejects(withLibraryErrors(() => ran++), POLLUTED));
  assert.equal(ran, 0);
  try {
    await assert.rejects(withLibraryErrors(() => Object.assign(Object.prototype, { ok: true })), POLLUTED);
  } finally {
    Reflect.deleteProperty(Object.prototype, "ok");
  }
});

Deno.test("openGate() does not take simulate from Object.prototype, when it opens and when it decides", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-polluted-" });
  try {
    const policy = `${folder}/policy.yaml`;
    await Deno.writeTextFile(policy, "default_verdict: block\nrules: []\n");
    const intent = {
      tool_name: "t",
      args: {},
      context: { identity: "a", workspace: "/w", risk_class: "low" },
    };
    await polluted("simulate", true, () => assert.rejects(openGate({ policy }), POLLUTED));
    const gate = await openGate({ policy });
    await polluted("simulate", true, () => assert.rejects(gate.decide(intent), POLLUTED));
    assert.equal((await gate.decide(intent)).verdict, "block");
    await gate.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Guard.run() makes no call that a polluted prototype allows", async () => {
  // deno-lint-ignore no-explicit-any -- an answer without a verdict
  const guard = new Guard({ decide: () => Promise.resolve({} as any) }, {
    context: { identity: "a", workspace: "/w", risk_class: "low" },
  });
  await polluted("verdict", "allow", async () => {
    const result = await guard.run({ name: "t", args: {} }, () => "made");
    assert.ok(result instanceof Refusal);
  });
});
