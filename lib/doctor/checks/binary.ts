import { GaitError, messageOf } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { baseName, joinPath } from "../../formats/path.ts";
import { type Check, type DoctorContext, type Finding, pass, warn } from "../check.ts";
import { quoted } from "../fixes.ts";
import { describe, findInPath, type FoundProgram, runProgram } from "../programs.ts";

const NAMES = ["gait", "gait.exe"];

const INSTALL = { command: "put the gait executable into a folder of PATH" };

/** Calling `gait` starts this program (docs/spec/doctor.md 1.5). */
export const BINARY: Check = {
  id: "onboarding_binary",
  scope: "universal",
  title: "The gait in PATH works",
  async look(context) {
    const { effects, version } = context;
    const own = effects.executable();
    const inPath = await findInPath(effects.os === "windows" ? "gait.exe" : "gait", context);
    if (NAMES.includes(baseName(own).toLowerCase()) && await effects.files.isFile(own)) {
      const other = inPath && await isOther(own, inPath.path, context)
        ? { path_binary_path: inPath.path }
        : {};
      // This process is that executable, so it needn't be started to know that it works.
      return pass("gait runs", {
        binary_path: own,
        binary_path_source: "invoked_executable",
        ...other,
        binary_version: `gait ${version}`,
      });
    }
    if (inPath !== undefined) return await tryProgram(inPath, "path", context);
    for (const name of NAMES) {
      const path = joinPath(context.workdir, name);
      if (await effects.files.isFile(path)) {
        return await tryProgram(await describe(path, context), "workdir", context);
      }
    }
    return warn("gait is not in PATH", INSTALL);
  },
};

async function isOther(own: string, path: string, { effects: { files } }: DoctorContext): Promise<boolean> {
  return await files.realPath(own) !== await files.realPath(path);
}

async function tryProgram(
  { path, isExecutable, inWorkdir }: FoundProgram,
  source: string,
  context: DoctorContext,
): Promise<Finding> {
  const facts = { binary_path: path, binary_path_source: source };
  if (inWorkdir) return warn("this gait is in the working folder, so it is not run", INSTALL, facts);
  if (!isExecutable) {
    return warn("this gait is not executable", {
      command: `chmod +x ${quoted(path)}`,
      argv: ["chmod", "+x", path],
    }, facts);
  }
  try {
    const { code, stdout, timedOut } = await runProgram(path, ["version"], context);
    const text = decodeUtf8(stdout).trim();
    if (code === 0 && !timedOut && text.startsWith("gait")) {
      return pass("gait runs", { ...facts, binary_version: text.split("\n", 1)[0]! });
    }
    return warn("this gait does not print its version", INSTALL, facts);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return warn(`this gait does not start: ${messageOf(error)}`, INSTALL, facts);
  }
}
