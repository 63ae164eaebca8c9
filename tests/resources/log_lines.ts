import { utf8 } from "../../lib/formats/bytes.ts";

/** Values as the lines of a log. */
export const lines = (...values: readonly unknown[]) =>
  utf8(values.map((value) => JSON.stringify(value)).join("\n"));
/** A list of `n` items. */
export const list = <T>(n: number, item: (i: number) => T) => Array.from({ length: n }, (_, i) => item(i));
