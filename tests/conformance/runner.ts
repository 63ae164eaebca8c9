import { type Case, parseExact, type Step } from "./case.ts";
import { checkFile, type Read } from "./content.ts";
import { expand, expandExpected, mismatch, type Places } from "./match.ts";
import { onPlayed, type Outcome, type Played } from "./play.ts";

/** How many cases run side by side. */
const SIDE_BY_SIDE = 2;

/**
 * Run a case.
 *
 * @param gait the command to test, as words
 * @param options.look a further look at what was played
 * @returns what is wrong, empty when it passes
 */
export async function runCase(
  gait: readonly string[],
  recorded: Case,
  { untilFirstProblem = false, look }: {
    readonly untilFirstProblem?: boolean;
    readonly look?: ((played: Played) => Promise<void>) | undefined;
  } = {},
): Promise<string[]> {
  const stopWhen = (step: Step, outcome: Outcome, places: Places) =>
    untilFirstProblem && stepProblems(step, outcome, places).length > 0;
  try {
    return await onPlayed(gait, recorded, async (played) => {
      await look?.(played);
      return await outcomeOf(recorded, played);
    }, stopWhen);
  } catch (error) {
    return [`${(error as Error).name}: ${(error as Error).message}`];
  }
}

/** Run cases, and say of each what is wrong. */
export async function runCases(
  gait: readonly string[],
  cases: ReadonlyMap<string, Case>,
  options: { untilFirstProblem?: boolean } = {},
): Promise<Map<string, string[]>> {
  const results = new Map<string, string[]>();
  const left = cases.entries();
  const work = async () => {
    for (const [id, recorded] of left) results.set(id, await runCase(gait, recorded, options));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return new Map([...cases.keys()].map((id) => [id, results.get(id)!]));
}

/** What is wrong with a case that was played. */
export async function outcomeOf(
  recorded: Case,
  { places, outcomes }: Played,
  read?: Read,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [i, step] of recorded.steps.entries()) {
    const found = outcomes[i] === undefined ? ["was not played"] : stepProblems(step, outcomes[i], places);
    problems.push(...found.map((problem) => `step ${i + 1} ${problem}`));
  }
  for (const [name, expectation] of Object.entries(recorded.files ?? {})) {
    const path = expand(name, places);
    const found = await checkFile(
      path.startsWith("/") ? path : `${places.work}/${path}`,
      expectation,
      places,
      read,
    );
    if (found !== undefined) problems.push(`${name}: ${found}`);
  }
  return problems;
}

function stepProblems(step: Step, outcome: Outcome, places: Places): string[] {
  if (outcome.kind === "broken") return [outcome.problem];
  if (outcome.kind === "done") return [];
  const problems: string[] = [];
  if (outcome.kind === "ran" && "args" in step) {
    const { args, exit, err = [] } = step;
    if (exit !== undefined && ![exit].flat().includes(outcome.exit)) {
      const said = (outcome.stderr || outcome.stdout).trim().slice(0, 300);
      problems.push(`\`${args.slice(0, 4).join(" ")}\` exit ${outcome.exit}, expected ${exit}: ${said}`);
    }
    problems.push(
      ...err.filter((text) => !outcome.stderr.includes(text)).map((text) => `stderr lacks ${text}`),
    );
  }
  if (outcome.kind === "answered" && "status" in step && outcome.status !== step.status) {
    problems.push(`status ${outcome.status}, expected ${step.status}: ${outcome.stdout.slice(0, 200)}`);
  }
  if ("shell" in step) return problems;
  const lines = step.lines ?? [];
  problems.push(
    ...lines.filter((text) => !outcome.stdout.includes(text)).map((text) => `stdout lacks ${text}`),
  );
  if (step.json !== undefined) {
    try {
      const found = mismatch(expandExpected(step.json, places), parseExact(outcome.stdout));
      if (found !== undefined) problems.push(found);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push(`stdout is not JSON: ${outcome.stdout.slice(0, 200)}`);
    }
  }
  return problems;
}
