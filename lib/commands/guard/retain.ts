import { readDefaults } from "../../config/read.ts";
import { DEFAULTS_PATH, NO_DEFAULTS } from "../../config/sections.ts";
import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import { encodeEvent } from "../../guard/retain/report.ts";
import { retainEvidence } from "../../guard/retain/retain.ts";
import { bool, defineCommand, demand, integer, path, type ValueFlag } from "../define.ts";
import { durationRead } from "../duration_flag.ts";
import { compact, failure, success } from "../outcome.ts";
import { dim, good, line, warn } from "../text.ts";
import { trustFolderOf } from "./flags.ts";

/** Default times to live of traces and packs. */
const USUAL = { trace: "168h", pack: "720h" };

/** `gait guard retain` (docs/spec/guard.md section 5). */
export default defineCommand({
  explain:
    "Deletes traces, evidence packs and session journals whose time to live has expired, and reports what it deleted.",
  flags: {
    root: path("folder", "folder (or file) to search for evidence", { default: "." }),
    "trace-ttl": ttlFlag(`time to live of traces; ${USUAL.trace} unless set in .gait/config.yaml`),
    "pack-ttl": ttlFlag(
      `time to live of evidence packs; ${USUAL.pack} unless set in .gait/config.yaml`,
    ),
    "session-ttl": ttlFlag(
      "time to live of session journals; forever unless set in .gait/config.yaml",
    ),
    "keep-last": demand(
      integer("number", "always keep this many of the newest files of each kind", { least: 0 }),
    ),
    "only-verified": bool("delete only files that verify as the kind that their name says"),
    "dry-run": bool("report what would be deleted, and delete nothing"),
    "report-out": path("file", "path of the report; it is written before anything is deleted"),
    config: path("file", "project defaults", { default: DEFAULTS_PATH }),
    "no-config": bool("ignore project defaults"),
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait guard retain --root gait-out --dry-run",
    "gait guard retain --root gait-out --keep-last 10 --report-out gait-out/retention.json",
  ],
  async run({ flags, effects, version }) {
    const { retention } = flags["no-config"] ? NO_DEFAULTS : await readDefaults(effects.files, flags.config);
    const ttl = {
      trace: flags["trace-ttl"] ?? fromConfig(retention.trace_ttl ?? USUAL.trace, "retention.trace_ttl"),
      pack: flags["pack-ttl"] ?? fromConfig(retention.export_ttl ?? USUAL.pack, "retention.export_ttl"),
      ...sessionTtl(flags["session-ttl"], retention.session_ttl),
    };
    const dryRun = flags["dry-run"];
    const done = await retainEvidence({
      root: flags.root,
      ttl,
      dryRun,
      reportOut: flags["report-out"],
      keepLast: flags["keep-last"],
      onlyVerified: flags["only-verified"],
      trusted: await trustFolderOf(effects),
      version,
    }, effects);
    const [deleted, kept] = [true, false].map((remove) =>
      done.files.filter((file) => file.remove === remove).map((file) => encodeEvent(file, dryRun))
    );
    const json = {
      root_path: done.head.root,
      ...compact({
        scanned_files: done.head.scanned,
        deleted_files: deleted,
        kept_files: kept,
        dry_run: dryRun,
        older_report_kept_as: done.reportKeptAs,
      }),
    };
    const lines = [
      line(
        good(dryRun ? "guard retain would delete" : "guard retain deleted"),
        `: ${deleted!.length} of ${done.head.scanned}`,
      ),
      ...done.files.filter(({ remove }) => remove).map(({ path }) => line(dim("  deleted   "), path)),
      ...done.files.filter(({ reason }) => reason !== undefined)
        .map(({ path, reason }) => line(dim("  kept      "), path, " ", warn(reason!))),
    ];
    return done.error ? failure(done.error, json, lines) : success(json, lines);
  },
});

function sessionTtl(flag: bigint | undefined, configured: string | undefined): { session?: bigint } {
  if (flag !== undefined) return { session: flag };
  return configured === undefined ? {} : { session: fromConfig(configured, "retention.session_ttl") };
}

/**
 * A time to live. 0 or less means that nothing of the kind is deleted; a blank value is refused rather than read as
 * 0.
 */
function ttlFlag(help: string): ValueFlag<bigint | undefined> {
  return durationRead(help, readTtl);
}

function fromConfig(given: string, key: string): bigint {
  return readTtl(given, `"${key}" of the project defaults`);
}

function readTtl(given: string, name: string): bigint {
  const nanoseconds = parseDuration(trim(given));
  if (nanoseconds !== undefined) return nanoseconds;
  throw invalidInput(`Cannot use ${name} "${given}": it is not a duration`, {
    hint: "Give hours, minutes or seconds such as 168h or 90m; 0 keeps all",
  });
}
