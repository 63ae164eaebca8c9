import type { JsonObject, JsonValue } from "../../../formats/json/mod.ts";
import type { PendingChange, PinReview } from "../../../mcp/pins/review.ts";
import { bad, dim, type Line, line, warn } from "../../text.ts";

/** A long value is cut in text; `--json` has it whole. */
const SHOWN = 2000;

/** What waits, for machines. */
export function encodeReview({ document, changes, listing }: PinReview): JsonObject {
  return {
    server_id: document.server_id,
    name: document.name,
    origin: document.origin,
    listing,
    changes: changes.map(({ pending, pinned, fields }) => ({
      kind: pending.kind,
      name: pending.name,
      state: pinned ? "changed" : "new",
      digest: pending.digest,
      ...(pinned
        ? { pinned_digest: pinned.digest, fields: fields.map((field) => ({ ...field })) }
        : { descriptor: pending.descriptor }),
      seen_at: pending.seen_at,
    })),
  };
}

/** What waits, for people: each field before and after. */
export function reviewLines({ document, changes }: PinReview): Line[] {
  return [
    line(`${document.name}  `, dim(`${document.server_id.slice(0, 12)}  ${document.origin}`)),
    ...changes.flatMap(changeLines),
  ];
}

function changeLines({ pending, pinned, fields }: PendingChange): Line[] {
  if (!pinned) {
    const members = Object.entries(pending.descriptor).filter(([name]) => name !== "name");
    return [
      line(warn("  new      "), `${pending.kind} ${pending.name}`),
      ...members.map(([name, value]) => line(dim(`    ${name}: `), shown(value))),
    ];
  }
  return [
    line(bad("  changed  "), `${pending.kind} ${pending.name}`),
    ...fields.flatMap(({ path, before, after }) => [
      line(dim(`    ${path}`)),
      ...(before === undefined ? [] : [line(dim("      - "), shown(before))]),
      ...(after === undefined ? [] : [line(dim("      + "), shown(after))]),
    ]),
  ];
}

function shown(value: JsonValue): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}
