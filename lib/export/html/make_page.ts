import { GaitError, invalidInput } from "../../errors/mod.ts";
import { base64, concat, utf8 } from "../../formats/bytes.ts";
import { formatPublicKey, type PublicKey } from "../../signing/mod.ts";
import { pageHead } from "./page_head.ts";
import { STYLE } from "./style.ts";

/** The largest pack for a page, in bytes; browsers would struggle with more. */
export const MAX_PAGE_PACK = 64 * 1024 * 1024;

/** The parts of a page besides the pack. */
export interface PageParts {
  /** Text of the page's script, as `scripts/bundle_page.ts` makes it. */
  readonly script: string;
  /** Version of this program, so that others can reproduce the page. */
  readonly version: string;
  /** The key named by the exporter; the page shows it as an unverified claim. */
  readonly claimedKey?: PublicKey;
}

/**
 * Create one HTML file with a pack and the program that verifies it in a browser. The same parts give the same bytes.
 *
 * Nothing of the pack is in it but its bytes in base64, between two lines of their own: `sed -n '/<script
 * id="pack"/,/<\/script>/p' page.html | sed '1d;$d' | base64 -d` gives them back.
 *
 * @throws {GaitError} `invalid_input` when the pack is too large
 */
export async function makePage(
  pack: Uint8Array<ArrayBuffer>,
  { script, version, claimedKey }: PageParts,
): Promise<Uint8Array<ArrayBuffer>> {
  if (pack.length > MAX_PAGE_PACK) {
    throw invalidInput(`Cannot export page: the pack has more than ${MAX_PAGE_PACK} bytes`, {
      hint: "Send the pack itself; gait pack verify takes packs of any size",
    });
  }
  // Either would end the element early, so that the digests below would not match what the browser sees.
  if (/<\/script|<!--/i.test(script) || /<\//.test(STYLE)) {
    throw new GaitError("internal_failure", "Cannot export page: its script can't stand in a page");
  }
  const policy = [
    "default-src 'none'",
    `script-src '${await sourceOf(script)}'`,
    `style-src '${await sourceOf(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const claimed = claimedKey === undefined
    ? ""
    : `<script id="claimed" type="text/plain">\n${formatPublicKey(claimedKey)}</script>\n`;
  return concat([
    utf8(`${pageHead({ policy, version, title: "Evidence pack", style: STYLE })}<main>
<p class="notice">Nothing is verified yet. This page verifies the pack inside it when its script runs.</p>
<noscript><p class="notice">Scripts are off in this browser: nothing on this page is verified.</p></noscript>
</main>
<script id="pack" type="application/zip;base64">
`),
    base64Lines(pack),
    utf8(`</script>
${claimed}<script type="module">${script}</script>
</body>
</html>
`),
  ]);
}

/** The digest of an element's text, as a content security policy names it. */
async function sourceOf(text: string): Promise<string> {
  return `sha256-${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))))}`;
}

/** Bytes a line; 57 make 76 characters. */
const LINE = 57;

/** Padded base64 (RFC 4648 section 4) in lines of 76 characters, as bytes: as a text it would take ten times the memory. */
function base64Lines(bytes: Uint8Array): Uint8Array {
  const whole = Math.floor(bytes.length / LINE);
  const rest = bytes.length - whole * LINE;
  const lines = new Uint8Array(whole * 77 + (rest === 0 ? 0 : Math.ceil(rest / 3) * 4 + 1));
  const encoder = new TextEncoder();
  let to = 0;
  for (let at = 0; at < bytes.length; at += LINE) {
    to += encoder.encodeInto(`${base64(bytes.subarray(at, at + LINE))}\n`, lines.subarray(to)).written;
  }
  return lines;
}
