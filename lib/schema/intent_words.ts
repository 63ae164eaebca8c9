/*
 * The sets of words in an intent request (docs/spec/gate.md 2.2 and 2.3). Apart from the schema, so that reading an
 * intent loads no schema library.
 */

/** Kinds of targets. */
export const TARGET_KINDS = [
  "path",
  "url",
  "host",
  "repo",
  "bucket",
  "table",
  "queue",
  "topic",
  "other",
] as const;

/** Endpoint classes of targets. */
export const ENDPOINT_CLASSES = [
  "fs.read",
  "fs.write",
  "fs.delete",
  "proc.exec",
  "net.http",
  "net.dns",
  "ui.click",
  "ui.type",
  "ui.navigate",
  "other",
] as const;

/** How a tool was discovered. */
export const DISCOVERY_METHODS = [
  "webmcp",
  "dynamic_mcp",
  "a2a",
  "mcp",
  "static_mcp",
  "manual",
  "unknown",
] as const;

/** Sources of arguments. */
export const PROVENANCE_SOURCES = ["user", "tool_output", "external", "system"] as const;

/** Phases of work: while planning, nothing destructive happens. */
export const PHASES = ["plan", "apply"] as const;

/** How strictly the caller says that context was recorded; empty for no claim. */
export const CONTEXT_EVIDENCE_MODES = ["", "best_effort", "required"] as const;

/** The most steps of a script. */
export const MAX_STEPS = 64;

/** Risk classes with a defined meaning; callers may send others. */
export const RISK_CLASSES: readonly string[] = ["low", "medium", "high", "critical"];
