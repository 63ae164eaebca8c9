import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { hostOfHeader, isLoopback, readListenAddress, writeAddress } from "./address.ts";

Deno.test("readListenAddress() reads host and port, and nothing else", () => {
  assert.deepEqual(readListenAddress("127.0.0.1:8787"), { host: "127.0.0.1", port: 8787 });
  assert.deepEqual(readListenAddress("[::1]:0"), { host: "::1", port: 0 });
  assert.deepEqual(readListenAddress("localhost:"), { host: "localhost", port: 0 });
  for (const bad of ["", "x", "::1:80", "a:b", "a:-1", "a:65536", "[::1]", "a:1:2", "[x]:1", "a:0x10"]) {
    assert.throws(() => readListenAddress(bad), GaitError, bad);
  }
});

Deno.test("writeAddress() puts IPv6 into brackets", () => {
  assert.equal(writeAddress({ host: "::1", port: 1 }), "[::1]:1");
  assert.equal(writeAddress({ host: "127.0.0.1", port: 1 }), "127.0.0.1:1");
});

Deno.test("isLoopback() takes this machine alone, and no name that could lead elsewhere", () => {
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"]) {
    assert.ok(isLoopback(host), host);
  }
  for (
    const host of [
      "",
      "localhost.",
      "127.1",
      "127.0.0.256",
      "127.0.0.1.evil.test",
      "0.0.0.0",
      "::",
      "::ffff:10.0.0.1",
      "x",
    ]
  ) {
    assert.ok(!isLoopback(host), host);
  }
});

Deno.test("hostOfHeader() reads a host with or without port", () => {
  assert.equal(hostOfHeader("a.test:80"), "a.test");
  assert.equal(hostOfHeader("[::1]:80"), "::1");
  for (const bad of ["", "a b", "a/b", "u@a", "a:b", "::1", "a,b", "a\u0000"]) {
    assert.equal(hostOfHeader(bad), undefined, bad);
  }
});

Deno.test("readListenAddress() writes the address that is meant by a port alone", () => {
  const hintOf = (given: string) => {
    try {
      readListenAddress(given);
    } catch (error) {
      return (error as GaitError).hint ?? "";
    }
    return assert.fail("it was read");
  };
  assert.equal(hintOf("8080"), "Write 127.0.0.1:8080");
  assert.match(hintOf("127.0.0.1:99999"), /at most 65535/);
  assert.match(hintOf("127.0.0.1"), /^For example/);
  assert.match(hintOf("99999"), /^For example/);
});
