import assert from "node:assert/strict";
import fc from "fast-check";
import { asciiForms, unicodeForm } from "./idna.ts";

Deno.test("unicodeForm() undoes asciiForms()", () => {
  const char = fc.constantFrom(..."abz019-üéñαжщ中文字ひ한글");
  const label = fc.array(char, { minLength: 1, maxLength: 12 }).map((chars) => `a${chars.join("")}z`);
  fc.assert(fc.property(fc.array(label, { minLength: 1, maxLength: 3 }), (labels) => {
    const name = `${labels.join(".")}.ü`.normalize("NFC");
    const forms = asciiForms(name);
    if (forms) assert.equal(unicodeForm(forms[0]!), name);
  }));
});

Deno.test("unicodeForm() keeps what is no Punycode", () => {
  for (const name of ["xn--", "xn--!", "xn--99999999", "a.b", "xn--a-_"]) {
    assert.equal(unicodeForm(name), name);
  }
  fc.assert(fc.property(fc.string(), (text) => {
    unicodeForm(`xn--${text}`);
  }));
});

Deno.test("asciiForms() lets no character move the end of a host", () => {
  for (const name of ["a／ü", "a＠ü", "a：80ü", "a？ü", "a＃ü", "ü/x", "ü@x", "ü:80", "ü?", "ü\\x", "ü%41"]) {
    for (const form of asciiForms(name) ?? []) assert.match(form, /[^0-9a-z._-]/, name);
  }
});
