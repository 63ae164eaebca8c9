import type { FoundComment } from "../formats/yaml/comments.ts";
import { suggest } from "../formats/suggest.ts";
import { CATALOGUE, LINT_IDS, type LintId } from "./catalogue.ts";
import type { Finding, Found } from "./subject.ts";

/** A finding that a comment in the policy suppresses, with the reason in the comment. */
export interface IgnoredFinding {
  readonly finding: Finding;
  readonly reason: string;
}

/** The findings after applying the ignore comments of the policy. */
export interface AppliedIgnores {
  readonly kept: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
  /** Findings about the comments themselves. */
  readonly found: readonly Found[];
}

/** A comment `# gait-lint-ignore <rule>: why`. */
interface Ignore {
  readonly at: number;
  /** The lines that it applies to: its own line and, if it has no other content, the next line that is not a comment. */
  readonly lines: readonly number[];
  readonly id: string;
  readonly reason: string;
}

// deno-lint-ignore gait/linear-regex -- bound to the start, and nothing behind the rule can fail
const MARK = /^#+[ \t]*gait-lint-ignore(?![\w-])[ \t]*([^\s:]*)[ \t]*:?[ \t]*(.*)$/;

/**
 * Suppress findings by comments on the same line or the line above, one rule per comment and with a reason, so that
 * readers of the policy see the decision. A comment that suppresses nothing is itself a finding; otherwise it could
 * hide the next mistake.
 */
export function applyIgnores(
  findings: readonly Finding[],
  comments: readonly FoundComment[],
  text: string,
  lineAt: (offset: number) => number,
): AppliedIgnores {
  const following = linesBelow(text);
  const ignores = comments.flatMap((comment) => ignoreIn(comment, following, lineAt));
  const byLine = new Map<number, Ignore[]>();
  for (const ignore of ignores) {
    for (const line of ignore.lines) {
      const there = byLine.get(line);
      if (there) there.push(ignore);
      else byLine.set(line, [ignore]);
    }
  }
  const used = new Set<Ignore>();
  const kept: Finding[] = [];
  const ignored: IgnoredFinding[] = [];
  for (const finding of findings) {
    const meant = (byLine.get(finding.line) ?? [])
      .filter(({ id, reason }) => id === finding.ruleId && reason !== "");
    for (const ignore of meant) used.add(ignore);
    if (meant.length === 0 || isOfProfile(finding)) kept.push(finding);
    else ignored.push({ finding, reason: meant[0]!.reason });
  }
  return { kept, ignored, found: ignores.flatMap((ignore) => wrongWith(ignore, used.has(ignore))) };
}

/** A comment can't suppress what the profile refuses, because the policy would still be refused. */
function isOfProfile({ ruleId, level }: Finding): boolean {
  return level === "error" && CATALOGUE[ruleId].level !== "error" && OF_PROFILE.includes(ruleId);
}

/** Rules whose findings are errors because the profile refuses the policy. */
const OF_PROFILE: readonly LintId[] = ["profile-refuses", "default-allow", "destructive-default"];

function ignoreIn(
  { text: comment, at, ownLine }: FoundComment,
  following: readonly number[],
  lineAt: (at: number) => number,
): Ignore[] {
  const [, id, reason] = MARK.exec(comment) ?? [];
  if (id === undefined || reason === undefined) return [];
  const line = lineAt(at);
  return [{ at, id, reason: reason.trim(), lines: ownLine ? [line, following[line]!] : [line] }];
}

/** For each line, numbered from 1, the first following line that is not a comment. */
function linesBelow(text: string): number[] {
  const lines = text.split(/\r\n|\r|\n/);
  const below: number[] = new Array(lines.length + 1);
  let next = lines.length + 1;
  for (let line = lines.length; line >= 0; line--) {
    below[line] = next;
    if (line > 0 && !/^\s*#/.test(lines[line - 1]!)) next = line;
  }
  return below;
}

function wrongWith({ at, id, reason }: Ignore, isUsed: boolean): Found[] {
  const bad = (message: string, hint: string): Found[] => [{ id: "bad-ignore", message, hint, path: [], at }];
  if (!isKind(id)) {
    const near = suggest(id, LINT_IDS);
    const example = "Write # gait-lint-ignore <rule>: why, with the name of a finding";
    return bad(
      id === "" ? "The comment names no finding" : `There is no finding "${id}"`,
      near === undefined ? example : `Did you mean ${near}?`,
    );
  }
  if (id === "bad-ignore" || id === "unused-ignore") {
    return bad(`"${id}" can't be ignored`, "Correct or remove the other comment");
  }
  if (reason === "") {
    return bad("The comment gives no reason, so it has no effect", `Write # gait-lint-ignore ${id}: why`);
  }
  return isUsed ? [] : [{ id: "unused-ignore", message: `Nothing here is ${id}`, path: [], at }];
}

function isKind(id: string): id is LintId {
  return (LINT_IDS as readonly string[]).includes(id);
}
