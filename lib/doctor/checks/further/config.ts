import { GaitError, messageOf } from "../../../errors/mod.ts";
import { joinPath } from "../../../formats/path.ts";
import { parseDefaults } from "../../../config/parse.ts";
import type { UnknownKey } from "../../../config/lenient.ts";
import { lower, trim } from "../../../formats/text.ts";
import { LEAST_TOKEN } from "../../../serve/bearer.ts";
import { parsePolicy } from "../../../policy/parse.ts";
import { type Check, fail, type Finding, pass, warn } from "../../check.ts";
import { closeToOthers } from "../../fixes.ts";
import { modeOpenToAll } from "../../place.ts";

/** The default path of a repository's policy. */
const REPOSITORY_POLICY = ".gait.yaml";

const MAX_POLICY_BYTES = 16 << 20;

/** Commands accept every key of the configuration. */
export const CONFIG_KEYS: Check = {
  id: "config_keys",
  scope: "universal",
  title: "Every key of the configuration is known",
  async look({ config, effects: { files, os } }) {
    const read = await config();
    if (read.state === "missing") return pass("there is no configuration");
    if (read.state === "unreadable") return fail(`the configuration can't be read: ${read.reason}`);
    if (read.marked) {
      return fail("the configuration begins with a byte order mark, which commands refuse", {
        command: "save .gait/config.yaml as UTF-8 without byte order mark",
      });
    }
    if (read.unknown.length > 0) {
      return warn(`commands refuse the configuration: ${read.unknown.map(describeKey).join(", ")}`, {
        command: "correct these keys in .gait/config.yaml",
      });
    }
    const mode = await modeOpenToAll(files, read.path, os);
    if (mode !== undefined) return openToAll(read.path, mode);
    try {
      await parseDefaults(await files.read(read.path), read.path);
      return pass("the configuration has no unknown keys");
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`commands refuse the configuration: ${messageOf(error)}`);
    }
  },
};

function openToAll(path: string, mode: number): Finding {
  return fail(`"${path}" can be changed by every user`, closeToOthers(path, mode, "w"));
}

function describeKey({ key, meant }: UnknownKey): string {
  return meant === undefined ? `"${key}" is unknown` : `"${key}" is unknown, did you mean "${meant}"?`;
}

/** The policy that the gate would use loads. */
export const POLICY_LOADS: Check = {
  id: "policy_loads",
  scope: "universal",
  title: "The policy loads",
  async look({ config, workdir, effects: { files, os } }) {
    const read = await config();
    const named = read.state === "read" ? read.defaults.gate.policy : undefined;
    const path = joinPath(workdir, named ?? REPOSITORY_POLICY);
    if (named === undefined && !await files.isFile(path)) return pass("no policy is configured");
    try {
      const { policy } = await parsePolicy(await files.read(path, MAX_POLICY_BYTES), path);
      const mode = await modeOpenToAll(files, path, os);
      if (mode !== undefined) return openToAll(path, mode);
      return pass(`the policy has ${policy.rules.length} rules, and its default is ${policy.defaultVerdict}`);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`the policy does not load: ${messageOf(error)}`, {
        command: "gait init",
        argv: ["gait", "init"],
      });
    }
  },
};

/** The service's token is available. */
export const TOKEN_VARIABLE: Check = {
  id: "token_variable",
  scope: "universal",
  title: "The variable with the service's token is set",
  async look({ config, effects: { env } }) {
    const read = await config();
    const service = read.state === "read" ? read.defaults.mcp_serve : {};
    const name = service.auth_token_env;
    if (lower(service.auth_mode ?? "") !== "token" || name === undefined) {
      return pass("no token is configured");
    }
    const value = env.get(name) ?? "";
    if (trim(value) === "") {
      return fail(`environment variable "${name}" is not set`, {
        command: `export ${name} with a random token`,
      });
    }
    return value.length < LEAST_TOKEN
      ? warn(`the token in "${name}" is shorter than ${LEAST_TOKEN} characters`)
      : pass(`the token in "${name}" is set`);
  },
};
