import type { JsonObject } from "../../formats/json/mod.ts";
import { pathArgument } from "../../formats/shell.ts";
import type { ProcessedFile } from "../../guard/encrypt/file.ts";
import { compact } from "../outcome.ts";
import { dim, good, type Line, line, nextLines } from "../text.ts";

/** A file encrypted for recipients, as JSON (docs/spec/guard.md section 8). */
export function encodeAge(
  { path, sha256, size }: ProcessedFile,
  recipients: readonly string[],
  sourceRemoved: boolean,
): JsonObject {
  return {
    path,
    algorithm: "age",
    plain_sha256: sha256,
    key_mode: "recipient",
    recipients: [...new Set(recipients)],
    ...compact({ plain_size: size, source_removed: sourceRemoved }),
  };
}

/** The same as text lines. */
export function ageLines(
  command: string,
  { path, sha256, size }: ProcessedFile,
  recipients: readonly string[],
): Line[] {
  return [
    line(good(`${command} ok`), `: ${path}`),
    line(dim("  of        "), `${size} bytes, sha256:${sha256}`),
    ...[...new Set(recipients)].map((recipient) => line(dim("  for       "), recipient)),
    ...nextLines([`gait guard decrypt ${pathArgument(path)} --identity <file>`]),
  ];
}
