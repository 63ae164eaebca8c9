import type { Files } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { insideWorkingFolder } from "../formats/path.ts";
import { alignRuns } from "../regress/align.ts";
import { messageOfGrader, RESULT_FILE, splitName } from "../regress/mod.ts";
import { readRunpack } from "../runpack/read.ts";
import { decode } from "../schema/fields.ts";
import { type GraderResult, regressResultSchema } from "../schema/regress.ts";

/** Larger results and runpacks are not read. */
const MAX_BYTES = 1 << 25;

/** Most rows of a drift. */
const MAX_ROWS = 1_000;

/** The last result of `gait regress run`, and how the calls of candidates differ from what was expected. */
export async function showRegressions(files: Files): Promise<JsonObject> {
  const info = await files.stat(RESULT_FILE);
  if (info?.kind !== "file") return { found: false };
  const document = readJsonObject(await files.read(RESULT_FILE, MAX_BYTES), { what: RESULT_FILE });
  const result = decode(regressResultSchema, document, RESULT_FILE);
  const fixtures = new Map<string, { graders: JsonObject[]; drift?: JsonObject }>();
  for (const grader of result.graders) {
    const { fixture } = splitName(grader.name);
    const held = fixtures.get(fixture) ?? { graders: [] };
    held.graders.push(encodeGrader(grader));
    const drift = held.drift === undefined ? await driftOf(fixture, grader, files) : undefined;
    if (drift) held.drift = drift;
    fixtures.set(fixture, held);
  }
  return {
    found: true,
    path: RESULT_FILE,
    modified_at: new Date(Math.floor(info.modified)).toISOString(),
    status: result.status,
    fixture_set: result.fixture_set,
    graders: result.graders.length,
    failed: result.graders.filter(({ status }) => status === "fail").length,
    fixtures: [...fixtures].map(([name, { graders, drift }]) => ({
      name,
      status: graders.some(({ status }) => status === "fail") ? "fail" : "pass",
      graders,
      ...(drift ? { drift } : {}),
    })).sort((a, b) => Number(a.status === "pass") - Number(b.status === "pass")),
  };
}

function encodeGrader(grader: GraderResult): JsonObject {
  return {
    name: splitName(grader.name).grader,
    status: grader.status,
    reason_codes: [...grader.reason_codes],
    ...(grader.status === "fail" ? { message: messageOfGrader(grader) } : {}),
  };
}

/** The calls that a fixture expects beside those of the run that it was compared with. */
async function driftOf(
  fixture: string,
  { details }: GraderResult,
  files: Files,
): Promise<JsonObject | undefined> {
  const candidate = details?.candidate_runpack;
  if (typeof candidate !== "string" || candidate === "") return undefined;
  try {
    const read = async (path: string) =>
      await readRunpack(await files.read(insideWorkingFolder(path), MAX_BYTES));
    const rows = alignRuns(await read(`fixtures/${fixture}/runpack.zip`), await read(candidate));
    return {
      candidate,
      rows_total: rows.length,
      rows: rows.slice(0, MAX_ROWS).map(({ kind, expected, actual, changes }) => ({
        kind,
        changes: [...changes],
        ...(expected ? { left: { ...expected } } : {}),
        ...(actual ? { right: { ...actual } } : {}),
      })),
    };
  } catch (error) {
    if (error instanceof GaitError) return undefined; // the files are gone, or were changed since
    throw error;
  }
}
