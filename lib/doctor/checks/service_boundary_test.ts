import assert from "node:assert/strict";
import { isLoopback, serviceBoundary } from "./service_boundary.ts";

const SOUND = {
  enabled: true,
  auth_mode: "token",
  auth_token_env: "T",
  max_request_bytes: 1,
  http_verdict_status: "strict",
};

Deno.test("serviceBoundary() finds what opens a service, and nothing in a closed one", () => {
  assert.equal(serviceBoundary(SOUND), undefined);
  assert.equal(serviceBoundary({}), undefined);
  for (
    const [parts, key] of [
      [{ listen: "0.0.0.0:1", auth_mode: "off" }, "auth_mode"],
      [{ listen: ":1", auth_mode: "off" }, "auth_mode"],
      [{ auth_token_env: undefined }, "auth_token_env"],
      [{ allow_client_artifact_paths: true }, "allow_client_artifact_paths"],
      [{ max_request_bytes: -1 }, "max_request_bytes"],
      [{ http_verdict_status: "compat" }, "http_verdict_status"],
      [{ listen: "localhost" }, undefined],
      [{ listen: "::1:80" }, undefined],
    ] as const
  ) {
    const { auth_token_env, ...rest } = { ...SOUND, ...parts };
    const fault = serviceBoundary(auth_token_env === undefined ? rest : { ...rest, auth_token_env });
    assert.ok(fault && fault.key === key, JSON.stringify(parts));
  }
});

Deno.test("isLoopback() takes addresses of loopback alone", () => {
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"]) {
    assert.ok(isLoopback(host), host);
  }
  for (
    const host of [
      "",
      "0.0.0.0",
      "128.0.0.1",
      "127.0.0.1.evil.test",
      "127.1",
      "127.0.0.256",
      "localhost.test",
      "::",
    ]
  ) {
    assert.ok(!isLoopback(host), host);
  }
});
