import assert from "node:assert/strict";
import fc from "fast-check";
import { hostOfHost, hostOfUrl } from "./host.ts";

Deno.test("hostOfUrl() finds the host that clients connect to", () => {
  const rows: readonly (readonly [url: string, ...hosts: string[]])[] = [
    ["https://API.good.test:8443/x?y#z", "api.good.test"],
    ["https://u:p@api.good.test/x", "api.good.test"],
    ["https://api.good.test@evil.test/", "evil.test"],
    ["//cdn.test/x", "cdn.test"],
    ["https://[2001:DB8:0:0::7]:443/", "2001:db8::7"],
    ["https://[::FFFF:7f00:1]/", "127.0.0.1"],
    ["https://[64:ff9b::c000:201]/", "64:ff9b::c000:201", "192.0.2.1"],
    ["https://[fe80::1%25eth0]/", "fe80::1%eth0"],
    ["https://017700000001/", "127.0.0.1"],
    ["https://0127.1/", "87.0.0.1", "127.0.0.1"],
    ["https://b%C3%BCcher.test/", "xn--bcher-kva.test"],
    ["https://straße.test/", "xn--strae-oqa.test", "strasse.test"],
    ["https://x_y.test/", "x_y.test"],
  ];
  for (const [url, ...hosts] of rows) assert.deepEqual(hostOfUrl(url)?.hosts, hosts, url);
});

Deno.test("hostOfUrl() finds none where clients could find another", () => {
  const urls = [
    "https:evil.test",
    "https:/evil.test",
    "https:///evil.test",
    "https:\\\\evil.test",
    "https://evil.test\\@good.test/",
    "https://good.test%2f@@evil.test/",
    "https://a@b@good.test/",
    "https://e%76il.test/",
    "https://evil.test/%zz",
    "https://evil.test#%zz",
    "ht\ttps://evil.test/",
    "https://ev\til.test/",
    "\ufeffhttps://evil.test/",
    "evil.test/x",
    "/evil.test",
    "file:///etc/passwd",
    "file://good.test/etc/passwd",
    "FILE://good.test/",
    "javascript://good.test/%0aalert(1)",
    "data://good.test/,x",
    "https://good.test;evil.test/",
    "https://good.test,evil.test/",
    "https://good..test/",
    "https://.good.test/",
    "https://good.test../",
    "https://good.test%25evil/",
    "https://[fe80::1%25a%40evil.test]/",
    "https://*.good.test/",
    "https://256.0.0.1/",
    "https://1.2.3.4.5/",
    "https://08.0.0.1/",
    "https://4294967296/",
    "https://0x100000000/",
    "https://a.1/",
    "https://good.test:8o/",
    "https://%ff.test/",
    "https://good／evil.test/",
    "https://goo\u2100.test/",
    "https://\u00a0good.test/",
    `https://${"a".repeat(64)}.test/`,
    `https://${"a.".repeat(127)}test/`,
  ];
  for (const url of urls) assert.equal(hostOfUrl(url), undefined, url);
});

Deno.test("hostOfHost() takes a name or an address with a port, and nothing that only ends like one", () => {
  const rows: readonly (readonly [text: string, host: string])[] = [
    ["Api.Test", "api.test"],
    ["api.test:443", "api.test"],
    ["api.test:443/x", "api.test"],
    ["http://Ex.test:80/a", "ex.test"],
    ["HTTPS://ex.test", "ex.test"],
    ["::1", "::1"],
    ["[::1]:80", "::1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["0x7f.1:80", "127.0.0.1"],
  ];
  for (const [text, host] of rows) assert.deepEqual(hostOfHost(text)?.hosts, [host], text);
  const none = [
    "",
    ":80",
    ":evil.test",
    "/evil.test",
    "evil.test?.good.test",
    "evil.test#.good.test",
    "evil.test\\.good.test",
    "evil.test .good.test",
    "evil.test\n.good.test",
    "evil.test%2f.good.test",
    "::80%a:b@evil.test",
    "fe80::1%@evil.test",
    "fe80::1%/a",
    "evil.test@x.good.test",
    "good.test:80:80",
    "[::1",
    "::1]:80",
    "[good.test]",
    "http:good.test",
    "https://http://evil.test",
    "http://https://evil.test",
    "ftp://a:1:2",
  ];
  for (const text of none) assert.equal(hostOfHost(text), undefined, text);
});

Deno.test("hostOfUrl() finds every spelling of an IPv4 address, and one host for all of them", () => {
  const number = fc.nat(255);
  fc.assert(fc.property(number, number, number, number, fc.nat(3), fc.nat(2), (a, b, c, d, cut, style) => {
    const parts = [a, b, c, d];
    const last = parts.slice(cut).reduce((sum, part) => sum * 256 + part, 0);
    const written = [...parts.slice(0, cut), last].map((part) =>
      style === 0 ? String(part) : style === 1 ? `0x${part.toString(16)}` : `0${part.toString(8)}`
    );
    const found = hostOfUrl(`http://${written.join(".")}/`)?.hosts ?? [];
    assert.equal(found[0], parts.join("."));
    // A second opinion: the URL parser of the platform.
    assert.equal(new URL(`http://${written.join(".")}/`).hostname, found[0]);
  }));
});

Deno.test("hostOfUrl() writes IPv6 addresses as the platform's parser does, but those that map IPv4", () => {
  const group = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(0xffff) });
  fc.assert(fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
    const url = `http://[${groups.map((one) => one.toString(16).padStart(4, "0")).join(":")}]/`;
    const [host] = hostOfUrl(url)!.hosts;
    if (groups.slice(0, 5).every((one) => one === 0) && groups[5] === 0xffff) return;
    assert.equal(`[${host}]`, new URL(url).hostname);
  }));
});

Deno.test("hostOfUrl() and the platform's parser agree on every host that is found at all", () => {
  const part = fc.constantFrom(
    "a",
    "B",
    "1",
    "0x7f",
    "010",
    ".",
    "..",
    "-",
    "_",
    "。",
    "ü",
    "ß",
    "％",
    "／",
    "@",
    ":",
    "/",
    "\\",
    "%",
    "%41",
    "?",
    "#",
    " ",
    "\t",
    "[",
    "]",
    "test",
    "localhost",
    "①",
  );
  let found = 0;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const url = `http://${parts.join("")}/`;
      const hosts = hostOfUrl(url)?.hosts;
      if (!hosts) return;
      found++;
      const parsed = new URL(url).hostname.replace(/\.$/, "");
      assert.ok(hosts.includes(parsed), `${url}: ${hosts}, not ${parsed}`);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(found > 250, `only ${found}`);
});

Deno.test("hostOfUrl() and hostOfHost() take any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const url of [text, `https://${text}`]) {
      for (const host of [...hostOfUrl(url)?.hosts ?? [], ...hostOfHost(url)?.hosts ?? []]) {
        assert.match(host, /^[0-9a-z._-]+$|^[0-9a-f:]+(?:%|$)/);
      }
    }
  }));
});

Deno.test("a host that programs take for an option, and URLs of local things, have no host", () => {
  for (
    const url of ["ssh://-x.test/", "http+unix://a.test/", "npipe://a.test/", "compress.zlib://a.test/x"]
  ) {
    assert.equal(hostOfUrl(url), undefined, url);
  }
  assert.equal(hostOfHost("-x.test"), undefined);
});

Deno.test("IPv6 that carries IPv4 is both, and all names of this machine are one", () => {
  assert.deepEqual(hostOfUrl("http://[2002:a9fe:a9fe::]/")?.hosts, ["2002:a9fe:a9fe::", "169.254.169.254"]);
  assert.ok(hostOfUrl("http://[64:ff9b:1::a9fe:a9fe]/")?.hosts.includes("169.254.169.254"));
  assert.ok(hostOfUrl("http://ip6-localhost/")?.aliases.includes("127.0.0.1"));
});
