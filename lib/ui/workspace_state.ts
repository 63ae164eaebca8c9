import type { Files } from "../effects/types.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import { verifyRunpack } from "../runpack/verify.ts";

/** Policies that a page may name in a command. */
export const POLICY_PATHS = ["high", "medium", "low"].map((risk) => `examples/policy/base_${risk}_risk.yaml`);

/** Intents that a page may name in a command. */
export const INTENT_PATHS = [
  "delete",
  "read",
  "write",
  "tainted_egress",
  "delegated_egress_valid",
  "delegated_egress_invalid",
].map((name) => `examples/policy/intents/intent_${name}.json`);

/** How many traces the state lists. */
const MAX_TRACES = 5;

const ARTIFACTS = {
  runpack: "gait-out/runpack_run_demo.zip",
  regress_result: "regress_result.json",
  junit: "gait-out/junit.xml",
} as const;

/** The state of the working folder (docs/spec/doctor.md 4.2). */
export async function workspaceState(files: Files): Promise<JsonObject> {
  const workspace = await files.realPath(".");
  const place = (name: string) => joinPath(workspace, name);
  const artifacts: JsonObject[] = [];
  const existing = new Map<string, string>();
  for (const [key, name] of Object.entries(ARTIFACTS)) {
    const path = place(name);
    const info = await files.isFile(path) ? await files.stat(path) : undefined;
    if (info) existing.set(key, path);
    artifacts.push({
      key,
      path,
      exists: info !== undefined,
      ...(info ? { modified_at: timeOfMillis(Math.floor(info.modified)) } : {}),
    });
  }
  const entries = await files.entries(workspace);
  const traces = entries.filter(({ name, kind }) => kind === "file" && /^trace_.*\.json$/s.test(name))
    .map(({ name }) => place(name));
  return {
    ok: true,
    workspace,
    ...await demoRun(existing.get("runpack"), files),
    ...(traces.length > 0 ? { trace_files: traces.slice(-MAX_TRACES) } : {}),
    ...given("regress_result_path", existing.get("regress_result")),
    ...given("junit_path", existing.get("junit")),
    artifacts,
    policy_paths: [...POLICY_PATHS],
    intent_paths: [...INTENT_PATHS],
    default_policy_path: POLICY_PATHS[0]!,
    default_intent_path: INTENT_PATHS[0]!,
    gait_config_exists: await files.isFile(place("gait.yaml")),
  };
}

/** The demo run, unless its runpack is damaged: what does not verify is not shown as evidence. */
async function demoRun(path: string | undefined, files: Files): Promise<JsonObject> {
  if (path === undefined) return {};
  try {
    const { ok, runId, manifestDigest } = await verifyRunpack(await files.read(path));
    return ok ? { runpack_path: path, run_id: runId, manifest_digest: manifestDigest } : {};
  } catch {
    return {};
  }
}

function given(name: string, path: string | undefined): JsonObject {
  return path === undefined ? {} : { [name]: path };
}
