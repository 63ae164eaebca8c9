/**
 * A part of an answer of the server. Each route has a shape of its own, which one view reads; whatever comes from a file is
 * shown as text (`parts/safe_text.ts`), whatever its type.
 */
// deno-lint-ignore no-explicit-any -- see above
export type Answer = any;
