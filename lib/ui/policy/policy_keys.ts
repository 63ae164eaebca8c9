import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { policyForm } from "../../schema/policy/schema.ts";

/** The keys of a policy with their descriptions and closed words, for the editor; from the published schema. */
export function policyKeys(): JsonObject {
  const keys: JsonObject[] = [];
  collect(policyForm, "", keys);
  return { keys };
}

function collect(form: JsonObject, block: string, keys: JsonObject[]): void {
  const members = isJsonObject(form.properties) ? form.properties : {};
  for (const [name, member] of Object.entries(members)) {
    if (!isJsonObject(member)) continue;
    const words = wordsIn(member);
    const description = typeof member.description === "string" ? member.description : "";
    keys.push({ name, block, description, ...(words.length > 0 ? { words } : {}) });
    const inner = isJsonObject(member.items) ? member.items : member;
    collect(inner, block === "" ? name : `${block}.${name}`, keys);
  }
}

/** The closed words of a value, wherever the schema of the key has them. */
function wordsIn(form: JsonValue): string[] {
  if (!isJsonObject(form)) return [];
  if (Array.isArray(form.enum)) return form.enum.filter((word) => typeof word === "string");
  const parts = [
    ...Array.isArray(form.anyOf) ? form.anyOf : [],
    ...isJsonObject(form.items) ? [form.items] : [],
  ];
  return [...new Set(parts.flatMap(wordsIn))];
}
