import { NO_DEFAULTS, type ProjectDefaults } from "../../config/sections.ts";
import { parseDuration } from "../../formats/duration.ts";
import { lower } from "../../formats/text.ts";
import {
  type Check,
  type ConfigKey,
  type DoctorContext,
  fail,
  type Finding,
  type Fix,
  pass,
} from "../check.ts";
import { serviceBoundary } from "./service_boundary.ts";

/** The path of the configuration in fixes, independent of the working folder (docs/spec/doctor.md 1.4). */
const SHOWN = "'.gait/config.yaml'";

/** The configuration exists and can be read. */
export const CONFIG: Check = {
  id: "production_readiness_config",
  scope: "production_readiness",
  title: "The configuration exists and can be read",
  async look({ config }) {
    const read = await config();
    switch (read.state) {
      case "read":
        return pass("the configuration can be read");
      case "missing":
        return fail("there is no configuration", {
          command: `cp examples/config/oss_prod_template.yaml ${SHOWN}`,
          argv: ["gait", "doctor", "--production-readiness", "--fix"],
          repairs: [{ kind: "write_config", path: read.path }],
        });
      case "unreadable":
        return fail(`the configuration can't be read: ${read.reason}`, {
          command: `edit ${SHOWN} and fix yaml syntax`,
        });
    }
  },
};

/** The configuration that the other checks examine; an absent file counts as an empty one. */
async function defaultsOf({ config }: DoctorContext): Promise<{ path: string; defaults: ProjectDefaults }> {
  const read = await config();
  return { path: read.path, defaults: read.state === "read" ? read.defaults : NO_DEFAULTS };
}

/** A fix that sets keys of the configuration. */
function setKeys(path: string, what: string, keys: readonly ConfigKey[]): Fix {
  return { command: `set ${what} in ${SHOWN}`, repairs: [{ kind: "set_keys", path, keys }] };
}

function ofKey(
  id: "production_profile" | "production_key_mode",
  key: "profile" | "key_mode",
  value: string,
): Check {
  return {
    id,
    scope: "production_readiness",
    title: `gate.${key} is ${value}`,
    async look(context) {
      const { path, defaults: { gate } } = await defaultsOf(context);
      return lower(gate[key] ?? "") === value ? pass(`gate.${key} is ${value}`) : fail(
        `gate.${key} is not ${value}`,
        setKeys(path, `gate.${key}=${value}`, [{ section: "gate", key, value }]),
      );
    },
  };
}

export const PROFILE = ofKey("production_profile", "profile", "oss-prod");
export const KEY_MODE = ofKey("production_key_mode", "key_mode", "prod");

const TTLS = [["trace_ttl", "168h"], ["session_ttl", "336h"], ["export_ttl", "168h"]] as const;

/** The retention of evidence is configured. */
export const RETENTION: Check = {
  id: "production_retention",
  scope: "production_readiness",
  title: "The retention of traces, sessions and exports is configured",
  async look(context) {
    const { path, defaults: { retention } } = await defaultsOf(context);
    const missing = TTLS.filter(([key]) => retention[key] === undefined);
    if (missing.length > 0) {
      const keys = missing.map(([key, value]) => ({ section: "retention", key, value }));
      return fail(
        `retention lacks ${missing.map(([key]) => key).join(", ")}`,
        setKeys(path, "retention trace/session/export TTLs", keys),
      );
    }
    const wrong = TTLS.find(([key]) => parseDuration(retention[key]!) === undefined);
    return wrong === undefined
      ? pass("the retention is set")
      : fail(`retention.${wrong[0]} is not a duration`);
  },
};

/** The service boundary is closed. */
export const SERVICE_BOUNDARY: Check = {
  id: "production_service_boundary",
  scope: "production_readiness",
  title: "gait mcp serve is not open to other parties",
  async look(context): Promise<Finding> {
    const { path, defaults } = await defaultsOf(context);
    const fault = serviceBoundary(defaults.mcp_serve);
    if (fault === undefined) return pass("the service is closed, or off");
    if (fault.key === undefined) return fail(fault.message);
    const { key, value } = fault;
    const shown = `mcp_serve.${key}${value === undefined ? "" : `=${value}`}`;
    return fail(
      fault.message,
      value === undefined
        ? { command: `set ${shown} in ${SHOWN}` }
        : setKeys(path, shown, [{ section: "mcp_serve", key, value }]),
    );
  },
};

/** The gate has a policy and the strict profile. */
export const CONTEXT_STRICTNESS: Check = {
  id: "production_context_strictness",
  scope: "production_readiness",
  title: "The gate is strict and has a policy",
  async look(context) {
    const { defaults: { gate } } = await defaultsOf(context);
    if (lower(gate.profile ?? "") !== "oss-prod") return fail("gate.profile is not oss-prod");
    return gate.policy === undefined
      ? fail("gate.policy is not set", { command: `set gate.policy in ${SHOWN}` })
      : pass("the gate is strict");
  },
};
