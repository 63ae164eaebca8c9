import assert from "node:assert/strict";
import { hostOfHost, hostOfUrl } from "./compare/host.ts";
import { canFitHost, compileDomainAllowlist, compileDomainDenylist } from "./domain_list.ts";

const allows = (patterns: string[], host: string) => compileDomainAllowlist(patterns)(hostOfHost(host));
const denies = (patterns: string[], host: string) => compileDomainDenylist(patterns)(hostOfHost(host));

Deno.test("domain lists take *. for all subdomains but not the domain, and globs across dots", () => {
  for (const fits of [allows, denies]) {
    assert.equal(fits(["*.corp.test"], "a.corp.test"), true);
    assert.equal(fits(["*.corp.test"], "a.b.corp.test"), true);
    assert.equal(fits(["*.corp.test"], "corp.test"), false);
    assert.equal(fits(["*.corp.test"], "evilcorp.test"), false);
    assert.equal(fits(["api.*"], "api.a.b"), true);
    assert.equal(fits(["x?.test"], "x12.test"), false);
  }
});

/** Spellings of a pattern and of a host that are the same host. */
const SAME: readonly (readonly [pattern: string, hosts: readonly string[]])[] = [
  ["evil.test", [
    "evil.test",
    "EVIL.test.",
    "evil。test",
    "evil．test",
    "evil｡test",
    "ｅｖｉｌ.test",
    "ⓔvil.test",
  ]],
  ["Evil.Test.", ["evil.test"]],
  ["bücher.test", ["xn--bcher-kva.test", "BÜCHER.test", "bu\u0308cher.test"]],
  ["xn--bcher-kva.test", ["bücher.test"]],
  ["*.bücher.test", ["a.xn--bcher-kva.test", "a.bücher.test."]],
  ["b?cher.*", ["bacher.test"]],
  ["*ücher.test", ["bücher.test", "xn--bcher-kva.test"]],
  ["127.0.0.1", [
    "2130706433",
    "0x7f000001",
    "127.1",
    "0x7f.1",
    "0X7F.0.0.1",
    "127.0.0.1.",
    "127.0.1",
    "１２７.0.0.1",
  ]],
  ["2130706433", ["127.0.0.1"]],
  ["10.*", ["0xa000001", "167772161"]],
  ["192.0.2.1", ["[::ffff:192.0.2.1]", "::ffff:c000:201", "[0:0:0:0:0:ffff:c000:0201]:80"]],
  ["::ffff:192.0.2.1", ["192.0.2.1"]],
  ["2001:db8::7", ["2001:0DB8:0:0:0::7", "[2001:db8::0007]:443", "2001:db8:0:0:0:0:0.0.0.7"]],
  ["[2001:db8:0::7]", ["2001:db8::7"]],
];

Deno.test("domain lists compare hosts and patterns in one normal form", () => {
  for (const [pattern, hosts] of SAME) {
    for (const host of hosts) {
      assert.equal(denies([pattern], host), true, `deny ${pattern} ${host}`);
      assert.equal(allows([pattern], host), true, `allow ${pattern} ${host}`);
    }
  }
});

Deno.test("domain lists neither allow what clients disagree about, nor let it pass a deny list", () => {
  const rows: readonly (readonly [pattern: string, host: string])[] = [
    ["10.0.0.1", "010.0.0.1"],
    ["8.0.0.1", "010.0.0.1"],
    ["straße.test", "straße.test"],
    ["strasse.test", "straße.test"],
    ["192.0.2.1", "64:ff9b::192.0.2.1"],
    ["192.0.2.1", "::192.0.2.1"],
    ["fe80::1", "fe80::1%eth0"],
    ["127.0.0.1", "localhost"],
    ["127.0.0.1", "a.localhost"],
    ["127.0.0.1", "0"],
    ["127.0.0.1", "[::]"],
    ["127.0.0.1", "::1"],
    ["localhost", "127.8.9.10"],
    ["::1", "0.0.0.0"],
  ];
  for (const [pattern, host] of rows) {
    assert.equal(denies([pattern], host), true, `deny ${pattern} ${host}`);
    assert.equal(allows([pattern], host), false, `allow ${pattern} ${host}`);
  }
  assert.equal(allows(["10.0.0.1", "8.0.0.1"], "010.0.0.1"), true);
  assert.equal(allows(["localhost"], "localhost"), true);
});

Deno.test("domain lists take a host that can't be read for denied and for not allowed", () => {
  for (
    const url of [
      "https:evil.test",
      "https://evil.test/%zz",
      "file:///etc",
      "evil.test",
      "https://a@b@c.test",
    ]
  ) {
    assert.equal(compileDomainDenylist(["other.test"])(hostOfUrl(url)), true, url);
    assert.equal(compileDomainAllowlist(["*"])(hostOfUrl(url)), false, url);
  }
});

Deno.test("a deny list takes a pattern for the host in it, an allow list only for a host alone", () => {
  for (const pattern of ["https://evil.test/x", "evil.test:443", "http://u@evil.test", "evil.test/"]) {
    assert.equal(denies([pattern], "evil.test"), true, pattern);
    assert.equal(allows([pattern], "evil.test"), false, pattern);
    assert.equal(canFitHost(pattern), false, pattern);
  }
  for (
    const pattern of ["*", "*.a.test", "a[bc].test", "[::1]", "fe80:*", "a_b", "*.bücher.test", "*bücher*"]
  ) {
    assert.equal(canFitHost(pattern), true, pattern);
  }
  for (const pattern of ["a b", "*.a.test/x", "a.test:*", "[", "u@*.test"]) {
    assert.equal(canFitHost(pattern), false, pattern);
  }
});
