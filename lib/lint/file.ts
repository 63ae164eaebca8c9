import type { Found, Subject } from "./subject.ts";
import { lineEndOf } from "../formats/yaml/line_start.ts";

/** Names that several rules share, and documents that nobody reads. */
export function findInFile({ policy, written }: Subject): Found[] {
  const firstOf = new Map<string, number>();
  const found: Found[] = [];
  policy.rules.forEach(({ name, priority }, rule) => {
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, rule);
    else {
      found.push({
        id: "duplicate-rule-name",
        message: `The rule of priority ${policy.rules[first]!.priority} is called "${name}" too` +
          (priority === policy.rules[first]!.priority ? "" : `, this one has priority ${priority}`),
        rule,
        path: ["name"],
      });
    }
  });
  if (written.documents > 1) {
    found.push({
      id: "ignored-document",
      message: `The file has ${written.documents} documents; all but the first are ignored`,
      path: [],
      at: secondDocument(written.text),
    });
  }
  return found;
}

/** Where the second document begins: behind some content, a line that starts with `---`. */
function secondDocument(text: string): number {
  let hasContent = false;
  for (let start = 0; start < text.length;) {
    const end = lineEndOf(text, start);
    const line = text.slice(start, end);
    if (hasContent && /^---(?=\s|$)/.test(line)) return start;
    hasContent ||= line.trim() !== "" && !/^(?:---|#|%)/.test(line);
    start = end + 1;
  }
  return 0;
}
