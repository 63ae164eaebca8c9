import assert from "node:assert/strict";
import type { ChildResult } from "../../effects/types.ts";
import { endedChild, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { loadSecretKey } from "./secret_key.ts";

const KEY = "X7Krdu2b2gNLGSxIxwaTWSUvzNoWjZJazArn0xbAtT4=";
const INVALID = { code: "invalid_input" };

function printing(stdout: string, ended: Partial<ChildResult> = {}) {
  return fakeEffects({ runChild: () => Promise.resolve(endedChild(stdout, ended)) });
}

const ask = (effects: ReturnType<typeof fakeEffects>) =>
  loadSecretKey({ keyCommand: " print-key " }, effects);

Deno.test("a program that fails, hangs or floods gives no key", async () => {
  assert.equal((await ask(printing(`\n${KEY}\r\n`))).bytes.length, 32);
  await assert.rejects(ask(printing(KEY, { code: 1 })), INVALID);
  await assert.rejects(ask(printing(KEY, { code: -1, signal: "SIGKILL", timedOut: true })), INVALID);
  await assert.rejects(ask(printing(KEY, { size: 1 << 20 })), INVALID);
  await assert.rejects(ask(printing("\xff")), INVALID);
});

Deno.test("a variable wins over a program, also when it is not set", async () => {
  const never = fakeEffects({ env: { K: ` ${KEY.slice(0, 9)}\n${KEY.slice(9)} ` } });
  const { source } = await loadSecretKey({ keyEnv: " K ", keyCommand: "c" }, never);
  assert.deepEqual(source, { mode: "env", ref: "K" });
  for (const keyEnv of ["UNSET", undefined, " "]) {
    await assert.rejects(
      loadSecretKey(keyEnv === "UNSET" ? { keyEnv, keyCommand: "c" } : { keyEnv }, never),
      INVALID,
    );
  }
});
