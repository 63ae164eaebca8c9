import { GaitError } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { cleanPath, joinPath } from "../../formats/path.ts";
import { trim } from "../../formats/text.ts";
import { type Check, type DoctorContext, pass, warn } from "../check.ts";
import { placeOf } from "../place.ts";
import { findInPath, runProgram } from "../programs.ts";

/** The schemas in a checkout of the existing program, below schemas/v1. */
const SCHEMAS: Readonly<Record<string, string>> = {
  runpack: "manifest run intent result refs",
  gate: "intent_request gate_result trace_record approval_token approval_audit_record " +
    "broker_credential_record approved_script_entry",
  common: "relationship_envelope",
  context: "envelope reference_record budget_report",
  policytest: "policy_test_result",
  regress: "regress_result",
  scout: "inventory_snapshot adoption_event operational_event",
  guard: "pack_manifest",
  registry: "registry_pack",
};

const QUICKSTART = "scripts/quickstart.sh";
const ASSETS = [
  QUICKSTART,
  ...["openai_agents", "langchain", "autogen"].map((name) => `examples/integrations/${name}/quickstart.py`),
];

/** The schemas of a checkout are complete. */
export const SCHEMA_FILES: Check = {
  id: "schema_files",
  scope: "repo_checkout",
  title: "The checkout has all schemas",
  async look(context) {
    const paths = Object.entries(SCHEMAS).flatMap(([folder, names]) =>
      names.split(" ").map((name) => `schemas/v1/${folder}/${name}.schema.json`)
    );
    const missing: string[] = [];
    for (const path of paths) if (!await exists(path, context)) missing.push(path);
    if (missing.length === 0) return pass("all schemas exist");
    return { status: "fail", message: `schemas are missing: ${missing.join(", ")}`, nonFixable: true };
  },
};

/** The hooks of a checkout are enabled. */
export const HOOKS_PATH: Check = {
  id: "hooks_path",
  scope: "repo_checkout",
  title: "git uses the hooks of the checkout",
  async look(context) {
    const fix = { command: "make hooks", argv: ["make", "hooks"] };
    const git = await findInPath(context.effects.os === "windows" ? "git.exe" : "git", context);
    if (git === undefined || git.inWorkdir) return warn("git is not in PATH", fix);
    try {
      const args = ["-C", context.workdir, "config", "--get", "core.hooksPath"];
      const { stdout } = await runProgram(git.path, args, context);
      const path = trim(decodeUtf8(stdout));
      return path !== "" && cleanPath(path) === ".githooks"
        ? pass("git uses .githooks")
        : warn("the hooks are not enabled", fix);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return warn("git can't be started", fix);
    }
  },
};

/** The quickstarts exist. */
export const ONBOARDING_ASSETS: Check = {
  id: "onboarding_assets",
  scope: "repo_checkout",
  title: "The quickstarts of the checkout exist and can be run",
  async look(context) {
    const script = await placeOf(context.effects.files, joinPath(context.workdir, QUICKSTART));
    const isFile = script.kind === "there" && script.info.kind === "file";
    if (isFile && (script.info.mode & 0o111) === 0) {
      const argv = ["chmod", "+x", QUICKSTART];
      return warn(`${QUICKSTART} is not executable`, { command: argv.join(" "), argv });
    }
    for (const path of ASSETS) {
      if (await exists(path, context)) continue;
      const argv = ["git", "restore", "--source=HEAD", "--", QUICKSTART, "examples/integrations"];
      return warn(`${path} is missing`, { command: argv.join(" "), argv });
    }
    return pass("all quickstarts exist");
  },
};

async function exists(path: string, { workdir, effects: { files } }: DoctorContext): Promise<boolean> {
  return await files.isFile(joinPath(workdir, path));
}

/** Whether the working folder is a checkout of the existing program (docs/spec/doctor.md 1.2). */
export async function isRepoCheckout({ workdir, effects: { files } }: DoctorContext): Promise<boolean> {
  const module = joinPath(workdir, "go.mod");
  if (!await files.isFile(module)) return false;
  for (const path of ["cmd/gait", "core", "schemas/v1", "scripts/install.sh"]) {
    if (await files.stat(joinPath(workdir, path)) === undefined) return false;
  }
  try {
    return decodeUtf8(await files.read(module, 1 << 20)).includes("module github.com/Clyra-AI/gait");
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return false;
  }
}
