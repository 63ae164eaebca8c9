import type { Effects, Files } from "../../effects/types.ts";
import { GaitError, invalidInput, unsafeOperation } from "../../errors/mod.ts";
import { canonicalBytes, isObjectWith } from "../../formats/json/mod.ts";
import { baseName, cleanPath, folderOf, joinPath, outputPath } from "../../formats/path.ts";
import { trim } from "../../formats/text.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { GUARD_SCHEMA_ID } from "../../schema/guard.ts";
import type { TrustedKeys } from "../../signing/mod.ts";
import { heldPaths, lockingHolds } from "./holds.ts";
import { EVIDENCE_KINDS, type EvidenceKind, journalOf, kindOf } from "./kinds.ts";
import { type PlannedFile, planRetention } from "./plan.ts";
import { encodeReport, type RetentionHead, type RetentionState } from "./report.ts";
import { isVerified } from "./verified.ts";
import { findEvidence, type FoundEvidence } from "./walk.ts";

/** Options of a retention run. */
export interface RetainOptions {
  /** Blank means the working folder. */
  readonly root: string;
  /** Nanoseconds by kind; kinds without an entry are ignored. */
  readonly ttl: Readonly<Partial<Record<EvidenceKind, bigint>>>;
  readonly dryRun: boolean;
  /** Path of the report, if one is requested. */
  readonly reportOut?: string | undefined;
  readonly keepLast?: number | undefined;
  /** Delete only files that verify as the kind that their name says. */
  readonly onlyVerified: boolean;
  readonly trusted: TrustedKeys;
  readonly version: string;
}

/** The result of a retention run. */
export interface Retained {
  readonly head: RetentionHead;
  /** All evidence files and the action taken for each. */
  readonly files: readonly PlannedFile[];
  /** Where an older report was moved to. */
  readonly reportKeptAs?: string | undefined;
  /** Why it stopped; what was done before that is in {@linkcode files}. */
  readonly error?: GaitError;
}

/**
 * Delete expired evidence (docs/spec/guard.md section 5): plan, write the plan, delete, complete the report. Holds
 * can't be added or removed while it runs.
 *
 * @throws {GaitError} before anything is deleted
 */
export async function retainEvidence(
  options: RetainOptions,
  { files, now, home }: Pick<Effects, "files" | "now" | "home">,
): Promise<Retained> {
  const root = cleanPath(trim(options.root));
  const { realRoot, isHome } = await checkRoot(root, home, files);
  return await lockingHolds(files, async () => {
    const found = await collect(root, options, files);
    const holders = found.holders.map((below) => joinPath(realRoot, below || "."));
    const isHeld = await heldPaths(root, holders, files);
    const at = now();
    const rules = {
      ttl: options.ttl,
      keepLast: options.keepLast,
      isHeld: ({ below }: { below: string }) => isHeld(joinPath(realRoot, below || ".")),
    };
    const planned = await refine(planRetention(found.files, rules, at), options, files);
    if (isHome && !options.dryRun && planned.some(({ remove }) => remove)) {
      throw unsafeOperation(`Cannot delete from "${root}": it is the home folder`, {
        hint: "Give the folder of the evidence: --root <folder>",
      });
    }
    const head: RetentionHead = {
      root,
      dryRun: options.dryRun,
      ttl: options.ttl,
      scanned: planned.length,
      createdAt: timeOfMillis(at),
      version: options.version,
    };
    const report = await ReportFile.open(options.reportOut, head, planned, files);
    const done = options.dryRun ? { files: planned } : await applyPlan(planned, files);
    const error = await report.write(done.error ? "failed" : "completed", done.files) ?? done.error;
    return { head, files: done.files, reportKeptAs: report.keptAs, ...(error ? { error } : {}) };
  });
}

/** Refuse roots that an empty or mistyped shell variable could produce, such as `/` or the home folder. */
async function checkRoot(
  root: string,
  home: string | undefined,
  files: Files,
): Promise<{ realRoot: string; isHome: boolean }> {
  const info = await files.stat(root);
  if (info === undefined) {
    throw invalidInput(`Cannot read "${root}": no such folder`, {
      hint: "Give the folder of the evidence: --root <folder>",
    });
  }
  if (info.kind === "symlink") {
    // Scanning nothing and reporting ok would look like success (docs/threat_model.md 17).
    throw unsafeOperation(`Cannot delete from "${root}": it is a symbolic link`, {
      hint: "Give the folder that the link points to",
    });
  }
  if (info.kind === "other") throw invalidInput(`Cannot read "${root}": it is not a folder`);
  const realRoot = await files.realPath(root);
  const realHome = home === undefined ? undefined : await files.realPath(home);
  const holdsHome = realHome?.startsWith(realRoot === "/" ? "/" : `${realRoot}/`) ?? false;
  if (realRoot === folderOf(realRoot) || holdsHome) {
    throw unsafeOperation(`Cannot delete from "${root}": it is the system root or contains the home folder`, {
      hint: "Give the folder of the evidence: --root <folder>",
    });
  }
  return { realRoot, isHome: realRoot === realHome };
}

async function collect(root: string, { ttl }: RetainOptions, files: Files): Promise<FoundEvidence> {
  const kinds = new Set(EVIDENCE_KINDS.filter((kind) => ttl[kind] !== undefined));
  const info = await files.stat(root);
  if (info?.kind !== "file") return await findEvidence(root, kinds, files);
  const kind = kindOf(baseName(root));
  if (kind === undefined || !kinds.has(kind)) return { files: [], holders: [] };
  const { modified, version } = info;
  return { files: [{ path: root, below: "", kind, modified, version }], holders: [] };
}

/** The checks that need a file's content or its sibling files. */
async function refine(
  planned: readonly PlannedFile[],
  { onlyVerified, trusted }: RetainOptions,
  files: Files,
): Promise<PlannedFile[]> {
  const refined: PlannedFile[] = [];
  for (const file of planned) {
    if (file.remove && file.kind === "session" && await files.stat(`${journalOf(file.path)}.lock`)) {
      refined.push({ ...file, remove: false, reason: "in_use" });
    } else if (file.remove && onlyVerified && !await isVerified(file, trusted, files)) {
      refined.push({ ...file, remove: false, reason: "not_verified" });
    } else refined.push(file);
  }
  return refined;
}

/**
 * Delete the planned files in order and stop at the first error. A file that changed since the plan was made is kept.
 */
async function applyPlan(
  planned: readonly PlannedFile[],
  files: Files,
): Promise<{ files: PlannedFile[]; error?: GaitError }> {
  const done: PlannedFile[] = [];
  let failed: GaitError | undefined;
  for (const file of planned) {
    if (!file.remove) {
      done.push(file);
      continue;
    }
    if (failed !== undefined) {
      done.push({ ...file, remove: false, reason: "not_reached" });
      continue;
    }
    try {
      const info = await files.stat(file.path);
      if (info?.version === file.version) {
        await files.remove(file.path);
        done.push(file);
      } else done.push({ ...file, remove: false, reason: info === undefined ? "gone" : "changed" });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      failed = error;
      done.push({ ...file, remove: false, reason: "not_reached" });
    }
  }
  return { files: done, ...(failed ? { error: failed } : {}) };
}

/**
 * The report on disk. The plan is written before anything is deleted, so every deletion is recorded even if gait
 * crashes.
 */
class ReportFile {
  readonly #path: string | undefined;
  readonly #head: RetentionHead;
  readonly #files: Files;
  readonly keptAs: string | undefined;

  private constructor(
    path: string | undefined,
    head: RetentionHead,
    files: Files,
    keptAs: string | undefined,
  ) {
    this.#path = path;
    this.#head = head;
    this.#files = files;
    this.keptAs = keptAs;
  }

  /** Write the plan; an older report is moved aside, and nothing else is replaced. */
  static async open(
    given: string | undefined,
    head: RetentionHead,
    planned: readonly PlannedFile[],
    files: Files,
  ): Promise<ReportFile> {
    if (trim(given ?? "") === "") return new ReportFile(undefined, head, files, undefined);
    const path = outputPath(given!);
    await files.makeFolder(folderOf(path));
    // A dry run deletes nothing, so what it plans is what it did.
    const state = head.dryRun ? "completed" : "planned";
    const { keptAs } = await files.writeOutput(path, canonicalBytes(encodeReport(head, state, planned)), {
      older: (held) => isObjectWith(held, ({ schema_id }) => schema_id === GUARD_SCHEMA_ID.retention),
      hint: "Choose another path for the report: --report-out <file>",
    });
    return new ReportFile(path, head, files, keptAs);
  }

  /** Replace the plan with the outcome. */
  async write(state: RetentionState, done: readonly PlannedFile[]): Promise<GaitError | undefined> {
    if (this.#path === undefined || this.#head.dryRun) return undefined;
    try {
      await this.#files.writeAtomic(this.#path, canonicalBytes(encodeReport(this.#head, state, done)));
      return undefined;
    } catch (error) {
      if (error instanceof GaitError) return error;
      throw error;
    }
  }
}
