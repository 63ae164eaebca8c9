/// <reference lib="dom" />

/**
 * Features that verification needs and this browser lacks, in words. Without them the result could differ from that
 * of the command, so the page does not verify at all.
 */
export function missingCapabilities(): string[] {
  const missing: string[] = [];
  if (!globalThis.crypto?.subtle) {
    missing.push("Web Crypto; browsers have it on pages from a file or from https");
  }
  if (!canInflate()) missing.push("decompression of deflate");
  if (!namesSource()) missing.push("access to the source text of JSON numbers");
  if (typeof "".toWellFormed !== "function") missing.push("well-formed Unicode texts");
  return missing;
}

function canInflate(): boolean {
  try {
    return new DecompressionStream("deflate-raw") !== undefined;
  } catch {
    return false;
  }
}

/** Without it `1.0` could pass for an integer. */
function namesSource(): boolean {
  let source: string | undefined;
  JSON.parse(
    "1.0",
    ((_name: string, _value: unknown, context?: { readonly source?: string }) => {
      source = context?.source;
    }) as (name: string, value: unknown) => unknown,
  );
  return source === "1.0";
}
