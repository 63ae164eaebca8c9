/** The verdicts, from the most lenient to the strictest (docs/spec/gate.md 3.2). */
export const VERDICTS = ["allow", "dry_run", "require_approval", "block"] as const;

/** One of the four verdicts. */
export type Verdict = typeof VERDICTS[number];

/** The stricter of two verdicts. */
export function strictest(left: Verdict, right: Verdict): Verdict {
  return VERDICTS.indexOf(left) >= VERDICTS.indexOf(right) ? left : right;
}

/** Whether a text is a verdict, exactly as written. */
export function isVerdict(text: string): text is Verdict {
  return (VERDICTS as readonly string[]).includes(text);
}
