import assert from "node:assert/strict";
import fc from "fast-check";
import { isIpv6, urlHost } from "./url_host.ts";

/** From the rules of docs/spec/gate.md 2.3, step 4. */
const HOSTS: readonly (readonly [url: string, host: string])[] = [
  ["https://api.example.test/v1?x=1#y", "api.example.test"],
  ["https://API.example.test:8443", "API.example.test"],
  ["//cdn.example.test/x", "cdn.example.test"],
  ["///etc/passwd", ""],
  ["file:///etc/passwd", ""],
  ["x:////host", ""],
  ["api.example.test/v1", ""],
  ["api.example.test:80/v1", ""],
  ["mailto:ana@example.test", ""],
  ["1http://x.test", ""],
  ["h_t://x.test", ""],
  ["://x.test", ""],
  ["", ""],
  ["*", ""],
  // What `new URL` would repair or rename.
  ["https:/evil.test", ""],
  ["https:\\\\evil.test", ""],
  ["https://good.test\\@evil.test", ""],
  ["https://exa mple.test", ""],
  ["https://bücher.test/", "bücher.test"],
  ["https://x.test./", "x.test."],
  // The user part ends at its last @.
  ["https://good.test@evil.test/", "evil.test"],
  ["https://a@b@evil.test/", "evil.test"],
  ["https://a:p%20w@x.test", "x.test"],
  ["https://a%zz@x.test", ""],
  ["https://a b@x.test", ""],
  ["https://ä@x.test", ""],
  ["https://x.test/@evil.test", "x.test"],
  ["https://x.test?@evil.test", "x.test"],
  ["https://x.test#@evil.test", "x.test"],
  // Ports.
  ["https://x.test:", "x.test"],
  ["https://x.test:8a", ""],
  ["https://x.test:1:2", ""],
  ["HTTP://x.test:1:2", ""],
  ["ftp://x.test:1:2", "x.test:1"],
  ["//x.test:1:2", "x.test:1"],
  // Escapes.
  ["https://b%C3%BCcher.test", "bücher.test"],
  ["https://%ff.test", "\ufffd.test"],
  ["https://%E2%82.test", "\ufffd\ufffd.test"],
  ["https://x%25y.test", "x%y.test"],
  ["https://x%2etest", ""],
  ["https://x%00.test", ""],
  ["https://x%7f.test", ""],
  ["https://x%c.test", ""],
  ["https://x.test/%zz", ""],
  ["https://x.test/%2f", "x.test"],
  ["https://x.test?%zz", "x.test"],
  ["https://x.test#%zz", ""],
  ["https://x.test#%2", ""],
  // Control characters count outside the fragment only.
  ["https://x.test/\t", ""],
  ["https://x.test?\u007f", ""],
  ["https://x.test#\t", "x.test"],
  ["https://x\u0085.test", "x\u0085.test"],
  // Characters of a host.
  ...[..." \\^`{|}"].map((char) => [`https://x${char}y.test`, ""] as const),
  ['https://x<>"].test', 'x<>"].test'],
  ["https://x[.test", ""],
  ["https://x![$&'()*+,;=.test", ""],
  ["https://x!$&'()*+,;=.test", "x!$&'()*+,;=.test"],
  // Addresses in brackets.
  ["https://[::1]/", "::1"],
  ["https://[2001:DB8::7]:443/", "2001:DB8::7"],
  ["https://[::ffff:192.0.2.1]", "::ffff:192.0.2.1"],
  ["https://[fe80::1%25eth0]:1", "fe80::1%eth0"],
  ["https://[fe80::1%25%C3%A9]", "fe80::1%é"],
  ["https://[fe80::1%25]", ""],
  ["https://[fe80::1%eth0]", ""],
  ["https://[1.2.3.4]", ""],
  ["https://[x.test]", ""],
  ["https://[::1", ""],
  ["https://[::1]x", ""],
  ["https://[::1]:8x", ""],
  ["https://[::1]]", ""],
  ["https://[]", ""],
  ["https://a@[::1]", "::1"],
];

Deno.test("urlHost() finds the host, and none when anything about the URL is bad", () => {
  for (const [url, host] of HOSTS) assert.equal(urlHost(url) ?? "", host, JSON.stringify(url));
});

Deno.test("urlHost() takes any text", () => {
  const part = fc.constantFrom(
    "https:",
    "//",
    "/",
    "[",
    "]",
    "@",
    ":",
    "%25",
    "%",
    "%C3",
    "#",
    "?",
    "::1",
    "x.test",
    "é",
  );
  fc.assert(fc.property(fc.array(fc.oneof(part, fc.string({ unit: "binary" }))), (parts) => {
    const host = urlHost(parts.join("")) ?? "none";
    assert.ok(!/[/?#@\\]/.test(host.replace(/%.*$/, "")), host);
  }));
});

Deno.test("isIpv6() takes addresses as RFC 4291 writes them", () => {
  const good = [
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1::8",
    "::1.2.3.4",
  ];
  const better = ["1:2:3:4:5:6:1.2.3.4", "ABCD:ef01::0001", "1:2:3:4:5::1.2.3.4"];
  for (const text of [...good, ...better]) assert.equal(isIpv6(text), true, text);
  const bad = [
    "",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1::",
    "12345::",
  ];
  const worse = [
    "g::",
    "1:",
    ":1",
    "1.2.3.4",
    "1.2.3.4::",
    "::1.2.3",
    "::1.2.3.256",
    "::01.2.3.4",
    "::1.2.3.4:5",
  ];
  const worst = ["1:2:3:4:5:6:7:1.2.3.4", "::1 ", "1:2:3:4:5:6::1.2.3.4", "::1%eth0"];
  for (const text of [...bad, ...worse, ...worst]) assert.equal(isIpv6(text), false, text);
});
