/// <reference lib="dom" />

/** Texts that would do something anywhere but in a text node. */
export const MARKUP = [
  "</script><script>globalThis.harmed = 1</script>",
  "<img src=x onerror=globalThis.harmed=1>",
  "<style>*{display:none}</style>",
  "<!--",
  "]]><svg onload=globalThis.harmed=1>",
  "<base href=https://example.invalid/>",
  "javascript:globalThis.harmed=1",
];

/**
 * What a script in a page could do if one ever got in: reach another server, make markup, start a worker. It runs in the
 * page, so it names nothing outside of itself.
 *
 * @returns what nothing prevented; that the server was not reached, the server knows
 */
export async function reachOut(address: string): Promise<string[]> {
  const done: string[] = [];
  const attempt = async (name: string, act: () => unknown) => {
    try {
      await act();
      done.push(name);
    } catch {
      // as it should be
    }
  };
  await attempt("fetch", () => fetch(address));
  await attempt("innerHTML", () => document.body.innerHTML = "<b>x</b>");
  await attempt("worker", () => new Worker("data:text/javascript,1"));
  navigator.sendBeacon?.(address);
  for (
    const [name, attribute] of [["img", "src"], ["iframe", "src"], ["link", "href"], ["object", "data"]]
  ) {
    const made = document.createElement(name!);
    if (name === "link") made.setAttribute("rel", "stylesheet");
    document.body.append(made);
    try {
      made.setAttribute(attribute!, address);
    } catch {
      // trusted types refuse it before the policy would
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  return done;
}
