import { PUBLISHED_CONTEXT, PUBLISHED_GATE } from "./gate.ts";
import { PUBLISHED_GUARD } from "./guard.ts";
import { PUBLISHED_JOB } from "./job.ts";
import { PUBLISHED_MCP } from "./mcp.ts";
import { PUBLISHED_PACK } from "./pack.ts";
import { PUBLISHED_DOCTOR } from "./doctor.ts";
import { PUBLISHED_REGISTRY } from "./registry.ts";
import { PUBLISHED_REGRESS, PUBLISHED_RUNPACK } from "./runpack.ts";
import { PUBLISHED_SCOUT } from "./scout.ts";
import { PUBLISHED_SESSION } from "./session.ts";
import { PUBLISHED_VOICE } from "./voice.ts";
import type { Published } from "./published.ts";

export type { OfArtifact, OfFile, Published } from "./published.ts";

/** The schemas that `deno task schemas` writes, a list an area. */
export const PUBLISHED: readonly Published[] = [
  ...PUBLISHED_RUNPACK,
  ...PUBLISHED_SESSION,
  ...PUBLISHED_CONTEXT,
  ...PUBLISHED_PACK,
  ...PUBLISHED_GUARD,
  ...PUBLISHED_GATE,
  ...PUBLISHED_REGRESS,
  ...PUBLISHED_VOICE,
  ...PUBLISHED_REGISTRY,
  ...PUBLISHED_DOCTOR,
  ...PUBLISHED_SCOUT,
  ...PUBLISHED_JOB,
  ...PUBLISHED_MCP,
];
