import { EXIT, invalidInput } from "../../errors/mod.ts";
import type { Files } from "../../effects/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { type StoredSnapshot, storedSnapshotSchema } from "../../schema/scout.ts";
import { SNAPSHOT_SCHEMA_ID } from "../../scout/snapshot.ts";
import { diffSnapshots, encodeDiff, hasChanges, type SnapshotDiff } from "../../scout/diff.ts";
import { defineCommand, path } from "../define.ts";
import { compact, verdict } from "../outcome.ts";
import { bad, dim, good, type Line, line, warn } from "../text.ts";
import { writeOutputs } from "./outputs.ts";

/** `gait scout diff` (docs/spec/scout.md section 2). */
export default defineCommand({
  explain: "Compares two snapshots: which tools were added, removed or changed. Exits with 2 if any were.",
  positionals: [{ name: "[before.json]", path: "file" }, { name: "[after.json]", path: "file" }],
  flags: {
    left: path("file", "the earlier snapshot; the same as the first argument"),
    right: path("file", "the later snapshot; the same as the last argument"),
    out: path("file", "also write the comparison to this file"),
  },
  needs: { read: true, write: true },
  examples: [
    "gait scout diff before.json after.json",
    "gait scout diff --left before.json --right after.json",
  ],
  async run({ flags, positionals, effects: { files } }) {
    const [left, right] = twoPaths(flags.left, flags.right, positionals);
    const diff = diffSnapshots(await readSnapshot(files, left), await readSnapshot(files, right));
    const document = encodeDiff(diff);
    if (flags.out !== undefined) {
      await writeOutputs(files, [{
        path: flags.out,
        document,
        known: (held) => "left_snapshot_id" in held && "changed_count" in held,
      }], [left, right]);
    }
    return verdict(
      !hasChanges(diff),
      EXIT.verificationFailed,
      { left, right, ...compact({ output_path: flags.out }), diff: document },
      describe(diff),
    );
  },
});

/** Flags come first; positional arguments fill the remaining slots in order. */
function twoPaths(
  left: string | undefined,
  right: string | undefined,
  positionals: readonly string[],
): readonly [string, string] {
  const rest = [...positionals];
  const paths = [left ?? rest.shift(), right ?? rest.shift()] as const;
  const missing = paths[0] === undefined ? "left" : paths[1] === undefined ? "right" : undefined;
  if (missing !== undefined) {
    throw invalidInput(`Missing argument: the ${missing} snapshot`, {
      hint: "Give two snapshots: gait scout diff <before.json> <after.json>",
    });
  }
  if (rest.length > 0) {
    throw invalidInput(`Unexpected argument "${rest[0]}": both snapshots are named already`);
  }
  return [paths[0]!, paths[1]!];
}

/** What is no snapshot has no items, so that any two of them would be equal. */
async function readSnapshot(files: Files, path: string): Promise<StoredSnapshot> {
  const what = `snapshot "${path}"`;
  const document = readJsonObject(await files.read(path), { what, duplicates: "refuse" });
  if (document.schema_id !== SNAPSHOT_SCHEMA_ID) {
    throw invalidInput(`Cannot read ${what}: its schema id is not "${SNAPSHOT_SCHEMA_ID}"`, {
      hint: "Give a file that gait scout snapshot wrote",
    });
  }
  const snapshot = decode(storedSnapshotSchema, document, what);
  const seen = new Set<string>();
  for (const { id } of snapshot.items) {
    // One would hide the other.
    if (seen.has(id)) throw invalidInput(`Cannot read ${what}: item "${id}" occurs twice`);
    seen.add(id);
  }
  return snapshot;
}

function describe(diff: SnapshotDiff): Line[] {
  const { added, removed, changed } = diff;
  return [
    line(
      hasChanges(diff) ? bad("scout diff") : good("scout diff"),
      `: ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
    ),
    ...added.map(({ name, locator }) => line(good("  + "), name, dim(`  ${locator}`))),
    ...removed.map(({ name, locator }) => line(bad("  - "), name, dim(`  ${locator}`))),
    ...changed.map(({ before, after }) =>
      line(warn("  ~ "), after.name, dim(`  ${before.locator} -> ${after.locator}`))
    ),
  ];
}
