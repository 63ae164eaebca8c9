import { PINS_SCHEMA_ID, pinsSchema } from "../mcp.ts";
import type { Published } from "./published.ts";

/** Schemas of what stands between clients and MCP servers. */
export const PUBLISHED_MCP: readonly Published[] = [
  {
    file: "mcp/pins.schema.json",
    title: "gait.mcp.pins 1.0.0",
    schemaId: PINS_SCHEMA_ID,
    schema: pinsSchema,
    side: "writes",
  },
];
