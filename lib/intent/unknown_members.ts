import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { suggest } from "../formats/suggest.ts";

/** The members that an object may have, and what is in those that are objects or lists of objects. */
export interface Shape {
  readonly members: ReadonlySet<string>;
  readonly inner?: Readonly<Record<string, Shape>>;
}

/** So many are named; whoever sends more has made one mistake in many places. */
const MAX_NAMED = 20;
/** So much of a name is shown. */
const MAX_SHOWN = 80;

/**
 * Members of a request that nothing reads, each with the known one that may have been meant. They count for nothing:
 * a policy that asks for `targets` sees none in `target`, so the caller must be told.
 */
export function findUnknownMembers(request: JsonObject, shape: Shape): string[] {
  const found: { readonly at: string; readonly name: string; readonly known: ReadonlySet<string> }[] = [];
  const visit = (value: JsonValue | undefined, { members, inner = {} }: Shape, at: string) => {
    // What is no object here is refused by whoever reads it.
    if (!isJsonObject(value)) return;
    for (const name in value) {
      if (!members.has(name) && Object.hasOwn(value, name)) found.push({ at, name, known: members });
    }
    for (const [name, ofMember] of Object.entries(inner)) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (Array.isArray(member)) member.forEach((item, i) => visit(item, ofMember, `${at}${name}[${i}].`));
      else visit(member, ofMember, `${at}${name}.`);
    }
  };
  visit(request, shape, "");
  const named = found.slice(0, MAX_NAMED).map(({ at, name, known }) => {
    const meant = suggest(name, [...known]);
    return `"${at}${cut(name)}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`;
  });
  return found.length > MAX_NAMED ? [...named, `${found.length - MAX_NAMED} more`] : named;
}

function cut(name: string): string {
  return name.length <= MAX_SHOWN ? name : `${name.slice(0, MAX_SHOWN)}…`;
}
