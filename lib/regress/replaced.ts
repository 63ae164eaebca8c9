import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { CONFIG_FILE, type RegressConfig } from "./config.ts";
import { FIXTURE_FILE } from "./fixture.ts";

/** Members that a fixture has anyway; replacing them takes nothing from anyone. */
const UNREMARKABLE = ["schema_id", "schema_version", "name", "runpack"];

/** What is lost when a fixture is replaced, for `warnings`; nothing when it stays the same. */
export function replacedFixture(
  name: string,
  old: Uint8Array | undefined,
  document: JsonObject,
  sameRunpack: boolean,
): string[] {
  if (!old) return [];
  const before = tryParse(old);
  if (!before) return [`fixture "${name}" was replaced; its old ${FIXTURE_FILE} did not read`];
  const lost = Object.keys(before).filter((member) =>
    !UNREMARKABLE.includes(member) && JSON.stringify(before[member]) !== JSON.stringify(document[member])
  );
  if (lost.length > 0) {
    return [`fixture "${name}" was replaced; changed: ${lost.join(", ")} (--keep keeps expectations)`];
  }
  return sameRunpack ? [] : [`fixture "${name}" was replaced by another recording of its run`];
}

function tryParse(bytes: Uint8Array): JsonObject | undefined {
  try {
    return readJsonObject(bytes, { what: "fixture" });
  } catch {
    return undefined;
  }
}

/** What is lost when `gait.yaml` is written anew, for `warnings`. */
export function replacedConfig(before: RegressConfig | undefined, after: RegressConfig): string[] {
  if (!before) return [];
  const kept = new Set(after.fixtures.map((fixture) => fixture.name));
  const dropped = before.fixtures.map((fixture) => fixture.name).filter((name) => !kept.has(name));
  return [
    ...(before.fixtureSet === after.fixtureSet
      ? []
      : [`${CONFIG_FILE} was regenerated: fixture_set "${before.fixtureSet}" is now "${after.fixtureSet}"`]),
    ...(dropped.length === 0
      ? []
      : [`${CONFIG_FILE} was regenerated: it no longer lists ${dropped.join(", ")}`]),
  ];
}
