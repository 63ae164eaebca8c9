import assert from "node:assert/strict";
import { bundlePage } from "./bundle_page.ts";
import { bundleUi, pageModule } from "./bundle_ui.ts";

const built = bundleUi();

Deno.test("the page of gait ui is the same every time, and holds all that it needs", async () => {
  const [one, two] = [await built, await bundleUi()];
  assert.deepEqual(one, two);
  // Beside the verification, which it shares with the page of an export.
  const own = one.html.length - (await bundlePage()).length;
  assert.ok(own < 170_000, `${own} characters`);
  assert.doesNotMatch(one.html, /\bDeno\.|["'`]node:|playwright-core|axe-core/);
  // Nothing is loaded: the only addresses are namespaces, and that of a package in its licence.
  const addresses = one.html.match(/https?:\/\/[\w.-]+/g) ?? [];
  assert.deepEqual(
    [...new Set(addresses)].filter((address) => !/\/\/(?:www\.w3\.org|github\.com)$/.test(address)),
    [],
  );
  assert.doesNotMatch(one.html, /<(?:link|img|iframe|object|base)\b|\bsrc=/);
  assert.equal((one.html.match(/<script/g) ?? []).length, 1);
  assert.doesNotMatch(one.html, /\s(?:style|on[a-z]+)=["']/);
});

Deno.test("the policy of the page allows exactly its script and its style", async () => {
  const { html, policy } = await built;
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(html)!;
  const [, script = ""] = /<script type="module">([^]*?)<\/script>/.exec(html)!;
  for (const [name, text] of [["script-src", script], ["style-src", style]] as const) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    assert.ok(policy.includes(`${name} 'sha256-${digest.toBase64()}';`), name);
  }
  assert.doesNotMatch(policy, /unsafe|\*|https?:|data:|blob:/);
});

Deno.test("the module of the page gives back its text", async () => {
  const page = await built;
  const { default: found } = await import(`data:text/javascript,${encodeURIComponent(pageModule(page))}`);
  assert.deepEqual(found, page);
});
