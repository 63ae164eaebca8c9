import { encodeDetection, encodeGeneratedRule, encodeSignal } from "../scout/findings.ts";
import type { Survey } from "../scout/types.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { compact } from "./outcome.ts";
import { columns, type Line, line, warn } from "./text.ts";

/** Number of names on a line; JSON has all. */
const SHOWN = 8;

/** A survey as JSON (docs/spec/gate.md 6.3). */
export function encodeSurvey(survey: Survey): JsonObject {
  return {
    detection: encodeDetection(survey),
    ...compact({
      detected_signals: survey.signals.map(encodeSignal),
      unknown_signals: survey.unknownSignals.map(encodeSignal),
      warnings: [...survey.warnings],
    }),
  };
}

/** The suggested rules as JSON. */
export function encodeSuggestions(survey: Survey): JsonObject {
  return compact({ generated_rules: survey.generatedRules.map(encodeGeneratedRule) });
}

/** A survey for people, below other rows. */
export function describeSurvey(
  { frameworks, toolNames, warnings }: Survey,
  rows: readonly (readonly [string, string])[] = [],
): Line[] {
  return [
    ...columns([
      ...rows,
      ["frameworks", frameworks.join(", ") || "none found"],
      ["tools", toolNames.length === 0 ? "none found" : `${toolNames.length}: ${shown(toolNames)}`],
    ]),
    ...warnings.map((warning) => line(warn("warning"), `: ${warning}`)),
  ];
}

/** The first names of a list. */
export function shown(names: readonly string[]): string {
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : "";
  return names.slice(0, SHOWN).join(", ") + more;
}
