import {
  PUBLISHERS_SCHEMA_ID,
  publishersSchema,
  REGISTRY_LOCK_SCHEMA_ID,
  REGISTRY_PACK_OPTIONAL,
  REGISTRY_PACK_SCHEMA_ID,
  REGISTRY_REPORT_OPTIONAL,
  REGISTRY_REPORT_SCHEMA_ID,
  registryLockSchema,
  registryPackSchema,
  registryReportSchema,
} from "../registry.ts";
import type { Published } from "./published.ts";

/** Schemas of registry packs. */
export const PUBLISHED_REGISTRY: readonly Published[] = [
  {
    file: "registry/registry_pack.schema.json",
    title: "gait.registry.pack 1.0.0",
    schemaId: REGISTRY_PACK_SCHEMA_ID,
    schema: registryPackSchema,
    side: "writes",
    optional: REGISTRY_PACK_OPTIONAL,
    nullable: ["artifacts"],
  },
  {
    file: "registry/verification_report.schema.json",
    title: "gait.registry.verification_report 1.0.0",
    schemaId: REGISTRY_REPORT_SCHEMA_ID,
    schema: registryReportSchema,
    side: "writes",
    optional: REGISTRY_REPORT_OPTIONAL,
  },
  {
    file: "registry/lock.schema.json",
    title: "gait.registry.lock 1.0.0",
    schemaId: REGISTRY_LOCK_SCHEMA_ID,
    schema: registryLockSchema,
    side: "writes",
  },
  {
    file: "registry/publishers.schema.json",
    title: "gait.registry.publishers 1.0.0",
    schemaId: PUBLISHERS_SCHEMA_ID,
    schema: publishersSchema,
    side: "writes",
  },
];
