import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, insideWorkingFolder } from "../formats/path.ts";
import { TRUST_FOLDER } from "../signing/mod.ts";
import type { CiPlan } from "./plan.ts";

/** Where the parts of a project usually are. */
const POLICIES = [".gait.yaml", "policy.yaml", "gait.policy.yaml"];
const POLICY_TESTS = "policy_tests";
const PACKS = "evidence";
const REGRESSIONS = "gait.yaml";

/** What somebody says about the project; the rest is looked for. */
export interface CiOptions {
  readonly policy?: string | undefined;
  readonly policyTests?: string | undefined;
  readonly packs: readonly string[];
  readonly regressions?: string | undefined;
  readonly candidate?: string | undefined;
  readonly candidates?: string | undefined;
  readonly agent?: string | undefined;
  /** Folders with evidence, which no build may empty. */
  readonly kept?: readonly string[];
}

/** A plan, and what was not found for it. */
export interface DetectedPlan {
  readonly plan: CiPlan;
  readonly notes: readonly string[];
}

/** The runpack of a command that makes one, unless somebody says otherwise. */
const CANDIDATE = "gait-out/candidate.zip";

/** Find out what a build of the project can check. Parts that are not there are left out, and noted. */
export async function detectPlan(options: CiOptions, files: Files): Promise<DetectedPlan> {
  const notes: string[] = [];
  const first = async (paths: readonly string[]) => {
    for (const path of paths) if (await files.isFile(path)) return path;
    return undefined;
  };
  const policy = options.policy ?? await first(POLICIES);
  if (policy === undefined) notes.push(`no policy (${POLICIES.join(", ")}): give --policy to lint one`);
  const policyTests = options.policyTests ?? await folderWith(POLICY_TESTS, ".intent.json", files);
  if (policy !== undefined && policyTests === undefined) {
    notes.push(`no policy tests (${POLICY_TESTS}/*.intent.json): give --policy-tests`);
  }
  const folder = options.packs.length > 0 ? undefined : await folderWith(PACKS, ".zip", files);
  const packs = folder === undefined ? options.packs : [folder];
  if (packs.length === 0) notes.push(`no packs (${PACKS}/*.zip): give --packs to verify some`);
  const regressions = options.regressions ?? await first([REGRESSIONS]);
  if (regressions === undefined) {
    notes.push(`no regressions (${REGRESSIONS}): make one with gait regress init`);
  }
  const { candidates } = options;
  if (candidates !== undefined) {
    const kept = [...options.kept ?? [], TRUST_FOLDER, policy, policyTests, ...packs, regressions];
    refuseShared(candidates, kept.filter((path) => path !== undefined));
  }
  const candidate = candidates !== undefined || options.agent === undefined
    ? options.candidate
    : options.candidate ?? CANDIDATE;
  if (regressions !== undefined && candidate === undefined && candidates === undefined) {
    notes.push("no candidate: regressions are compared with themselves; give --candidate, or --agent");
  }
  const { policy: named, policyTests: tests, regressions: config } = options;
  for (const path of [named, tests, ...options.packs.filter((pack) => !/[*?[]/.test(pack)), config]) {
    if (path === undefined || await files.stat(path) !== undefined) continue;
    notes.push(`there is no "${path}": the build fails until it is in the repository`);
  }
  return {
    plan: {
      policy,
      policyTests,
      packs,
      signedPacks: await folderWith(TRUST_FOLDER, ".key", files) !== undefined,
      regressions,
      candidate,
      candidates,
      agent: options.agent,
    },
    notes,
  };
}

async function folderWith(folder: string, ending: string, files: Files): Promise<string | undefined> {
  return (await files.list(folder)).some((name) => name.endsWith(ending)) ? folder : undefined;
}

/**
 * Refuse a folder of candidates that holds anything else: a build removes archives from it before the agent runs.
 *
 * @param others what must stay
 * @throws {GaitError} `invalid_input`
 */
function refuseShared(candidates: string, others: readonly string[]): void {
  const folder = insideWorkingFolder(candidates);
  const held = folder.startsWith("/")
    ? "the whole machine"
    : others.find((path) => folder === "." || `${cleanPath(path)}/`.startsWith(`${folder}/`));
  if (held === undefined) return;
  throw invalidInput(`Cannot use the folder "${candidates}" for candidates: it may hold ${held}, too`, {
    hint:
      "Give a folder of the project that holds nothing else, such as runs: a build removes older runs from it",
  });
}
