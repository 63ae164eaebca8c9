import assert from "node:assert/strict";
import { lockSettings } from "./lock.ts";

const settings = (variables: Readonly<Record<string, string>>) =>
  lockSettings({ get: (name) => variables[name.replace("GAIT_SESSION_LOCK_", "")] });

Deno.test("lockSettings() knows two profiles, and takes every other name for standard", () => {
  const standard = { profile: "standard", timeout: 2000, retry: 50, staleAfter: 300_000, sync: true };
  assert.deepEqual(settings({}), standard);
  assert.deepEqual(settings({ PROFILE: "turbo" }), standard);
  assert.deepEqual(settings({ PROFILE: " Swarm " }), {
    ...{ profile: "swarm", timeout: 10_000, retry: 20, staleAfter: 600_000, sync: false },
  });
});

Deno.test("lockSettings() takes durations; no duration gives the profile's value, none or less the standard one", () => {
  assert.deepEqual(settings({ TIMEOUT: "1m30s", RETRY: " 1.5ms ", STALE_AFTER: "2h" }), {
    ...{ profile: "standard", timeout: 90_000, retry: 1.5, staleAfter: 7_200_000, sync: true },
  });
  const swarm = settings({ PROFILE: "swarm", TIMEOUT: "soon", RETRY: "-1s", STALE_AFTER: "0" });
  assert.deepEqual([swarm.timeout, swarm.retry, swarm.staleAfter], [10_000, 50, 300_000]);
  assert.equal(settings({ TIMEOUT: "30ms" }).retry, 30, "never longer than the timeout");
});
