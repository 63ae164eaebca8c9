import { alignDrift, type DriftRow } from "./align.ts";
import { isUnusable } from "./candidate.ts";
import { withTolerances } from "./grade.ts";
import type { Subject } from "./graders.ts";

/** How a candidate's calls differ from those that its fixture expects, row by row. */
export interface FixtureDrift {
  readonly fixture: string;
  readonly candidate: string;
  readonly rows: readonly DriftRow[];
  /** Index of the first row with a difference. */
  readonly first: number;
}

/** The drift of a fixture's candidate; `undefined` when they don't, or when the candidate can't be compared. */
export function driftOf(given: Subject): FixtureDrift | undefined {
  const { fixture, pack, candidate } = withTolerances(given);
  if (isUnusable(candidate)) return undefined;
  const rows = alignDrift(fixture, pack, candidate.pack);
  const first = rows.findIndex((row) => row.kind !== "same");
  return first < 0 ? undefined : { fixture: fixture.name, candidate: candidate.path, rows, first };
}
