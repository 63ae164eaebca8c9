import assert from "node:assert/strict";
import { bundlePage, scriptModule, SUBSTITUTES } from "./bundle_page.ts";

const built = bundlePage();

Deno.test("every module that stands in on the page gives the names of the one in lib/", async () => {
  for (const [own, other] of Object.entries(SUBSTITUTES)) {
    const [names, given] = await Promise.all(
      [own, other].map(async (path) => Object.keys(await import(`../${path}`))),
    );
    assert.deepEqual(names!.filter((name) => !given!.includes(name)), [], other);
  }
});

Deno.test("the script of the page is the same every time, speaks to no runtime and holds no tool of tests", async () => {
  const [one, two] = [await built, await bundlePage()];
  assert.equal(one, two);
  // Half of it reads and digests policies and calls, so that the page proves which policy decided and what a say-token
  // permits, as the command does. One of the words by which calls of a browser are known is "playwright".
  assert.ok(one.length < 260_000, `${one.length} bytes`);
  assert.ok(!/\bDeno\.|["'`]node:|playwright-core|<\/script|<!--/i.test(one));
  const { default: text } = await import(`data:text/javascript,${encodeURIComponent(scriptModule(one))}`);
  assert.equal(text, one);
});

Deno.test("the script of the page waits for nothing at its top, and imports nothing", async () => {
  const script = await built;
  // Both are errors of syntax in the body of a function, which is only parsed here.
  assert.doesNotThrow(() => new Function(script));
  assert.throws(() => new Function(`${script};await 0`), SyntaxError);
});
