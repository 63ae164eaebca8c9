import type { JsonObject } from "../../formats/json/mod.ts";
import { append, largest } from "../../formats/lists.ts";
import type { DriftRow, FixtureDrift } from "../../regress/mod.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, type Span, warn } from "../text.ts";

/** Number of equal rows shown around a difference. */
const AROUND = 2;

/** Maximum number of rows shown in one table; `--json` has all. */
const SHOWN_ROWS = 60;

/** Encode a drift with all rows. */
export function encodeDrift({ fixture, candidate, rows, first }: FixtureDrift): JsonObject {
  return {
    fixture,
    candidate,
    ...(first === undefined ? {} : { first_difference: first }),
    rows: rows.map(({ kind, expected, actual, changes }) => ({
      kind,
      ...(expected ? { expected: { ...expected } } : {}),
      ...(actual ? { actual: { ...actual } } : {}),
      ...(changes.length > 0 ? { changes: [...changes] } : {}),
    })),
  };
}

/** Show expected and actual calls side by side, with the first difference marked. */
export function describeDrift({ fixture, candidate, rows, first }: FixtureDrift): Line[] {
  const shown = rows.map((row, i) => ({ row, i })).filter(({ i }) => isNear(rows, i)).slice(0, SHOWN_ROWS);
  const cells = shown.map(({ row }) => cellOf(row.expected));
  const width = Math.min(MAX_WIDTH / 2, largest(cells.map((cell) => cell.length), "expected".length));
  const lines = [
    line(dim("drift   "), fixture, dim(` against ${candidate}`)),
    line(dim(`        ${"expected".padEnd(width)}  actual`)),
  ];
  let last = -1;
  shown.forEach(({ row, i }, at) => {
    if (i > last + 1) lines.push(line(dim(`        … ${i - last - 1} the same`)));
    last = i;
    append(lines, [rowLine(row, cells[at]!.padEnd(width), i === first)]);
  });
  const left = rows.length - 1 - last;
  if (left > 0) lines.push(line(dim(`        … ${left} more rows; --json has all`)));
  return lines;
}

function isNear(rows: readonly DriftRow[], i: number): boolean {
  return rows.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(({ kind }) => kind !== "same");
}

const MARKS: Readonly<Record<DriftRow["kind"], (text: string) => Span>> = {
  same: dim,
  changed: warn,
  inserted: good,
  missing: bad,
};

const SIGNS: Readonly<Record<DriftRow["kind"], string>> = {
  same: " ",
  changed: "~",
  inserted: "+",
  missing: "-",
};

function rowLine({ kind, actual, changes }: DriftRow, expected: string, isFirst: boolean): Line {
  const mark = MARKS[kind];
  const what = kind === "changed" ? changes.join(", ") : kind === "same" ? "" : kind;
  return line(
    isFirst ? bad("  >>  ") : "      ",
    mark(`${SIGNS[kind]} `),
    expected,
    "  ",
    mark(cellOf(actual)),
    what === "" ? "" : dim(`  (${what})`),
  );
}

function cellOf(call: DriftRow["expected"]): string {
  if (!call) return "";
  return `${String(call.call).padStart(3)} ${call.tool} ${call.verdict ?? "no result"}`;
}
