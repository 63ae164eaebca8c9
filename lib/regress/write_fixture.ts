import { ifReadable, invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { prettyJson } from "../formats/json/mod.ts";
import { numberedPath } from "../formats/path.ts";
import { isZip } from "../formats/zip/magic.ts";
import { diffRunpacks, isChanged } from "../runpack/diff.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { readRunpack } from "../runpack/read.ts";
import { CONFIG_FILE, scanFixtures } from "./config.ts";
import { updateConfig } from "./config_update.ts";
import { describeFixture, FIXTURE_FILE, keepExpectations, readFixture, RUNPACK_FILE } from "./fixture.ts";
import { fixtureFolder } from "./fixture_name.ts";
import { newFixtureWarnings } from "./recorded.ts";
import { replacedFixture, writeTogether } from "./replace.ts";
import { finishLocked } from "./replace_together.ts";
import type { Source } from "./source.ts";
import type { ToolRules } from "./trajectory.ts";

/**
 * Whether a recording is of another run. The same run with a new signature is not; an unreadable file is, because it
 * may be evidence.
 */
async function isOtherRun(old: Uint8Array<ArrayBuffer>, fresh: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (equalBytes(old, fresh)) return false;
  const summary = await ifReadable(async () =>
    diffRunpacks(await readRunpack(old), await readRunpack(fresh), "full")
  );
  return summary === undefined || isChanged(summary);
}

/** A fixture that is about to be written. */
export interface NewFixture {
  readonly name: string;
  readonly source: Source;
  readonly rules: ToolRules;
  readonly keep: boolean;
  readonly force: boolean;
  readonly places: PackPlaces;
}

/** Check everything, then write the fixture and the config; the caller holds the lock. */
export async function writeFixture({ name, source, rules, keep, force, places: { files } }: NewFixture) {
  await finishLocked(files);
  const folder = fixtureFolder(name);
  const paths = { runpack: `${folder}/${RUNPACK_FILE}`, fixture: `${folder}/${FIXTURE_FILE}` };
  const existing = await files.stat(folder);
  if (existing && existing.kind !== "folder") {
    throw invalidInput(`Cannot make fixture "${name}": "${folder}" is not a folder`);
  }

  const old = await files.isFile(paths.fixture) ? await files.read(paths.fixture) : undefined;
  const oldPack = await files.isFile(paths.runpack) ? await files.read(paths.runpack) : undefined;
  if (!keep && !force && old && !oldPack) {
    throw invalidInput(`Cannot make fixture "${name}": "${paths.fixture}" exists without its runpack`, {
      hint: "Give another --name, or --force to replace it",
      detail: "output_exists",
    });
  }
  const otherRun = !keep && !force && oldPack !== undefined && await isOtherRun(oldPack, source.bytes);
  if (otherRun && !isZip(oldPack)) {
    throw invalidInput(`Cannot make fixture "${name}": what its "${RUNPACK_FILE}" holds is no recording`, {
      hint: "Give another --name, --keep to replace the recording alone, or --force to replace all of it",
      detail: "output_exists",
    });
  }
  const document = keep && old
    ? keepExpectations(readFixture(old, paths.fixture).document, source, name, rules)
    : describeFixture(source, name, rules);
  const found = [
    ...await scanFixtures(files, name),
    { name, run_id: source.runId, runpack: paths.runpack },
  ];
  const config = await updateConfig(files, found, { keepSet: keep, force });
  const warnings = [
    ...replacedFixture(name, old, document, oldPack === undefined || equalBytes(oldPack, source.bytes)),
    ...config.warnings,
    ...(source.pack ? newFixtureWarnings(source.pack, document, rules) : []),
    ...(source.unreadable === undefined
      ? []
      : [`records of the run can't be read, so "gait regress run" will refuse it: ${source.unreadable}`]),
  ];

  await files.makeFolder(folder);
  if (otherRun) {
    const aside = numberedPath(paths.runpack, 2);
    const { path: keptAs } = await files.writeOutput(aside, oldPack, { ifTaken: "number" });
    warnings.push(`fixture "${name}" held the recording of another run, which is kept as ${keptAs}`);
  }
  await writeTogether(files, [
    { path: paths.runpack, content: source.bytes },
    { path: paths.fixture, content: prettyJson(document) },
    { path: CONFIG_FILE, content: config.content },
  ]);
  return { document, warnings };
}
