import type { Effects } from "../effects/mod.ts";

/** How the page was started, as far as it may not be what was meant. */
export interface UiStart {
  readonly traces: readonly string[];
  readonly runs: readonly string[];
  readonly intents: readonly string[];
  readonly opens: boolean;
  readonly hasToken: boolean;
}

/** What is worth saying as the page starts: it is not wrong, and perhaps not what was meant. */
export async function uiWarnings(start: UiStart, { files, showOnTerminal }: Effects): Promise<string[]> {
  const warnings: string[] = [];
  for (
    const [flag, folders] of Object.entries({
      traces: start.traces,
      runs: start.runs,
      intents: start.intents,
    })
  ) {
    for (const folder of folders) {
      if (await files.stat(folder) === undefined) warnings.push(`there is no "${folder}" yet (--${flag})`);
    }
  }
  if (!start.opens && !start.hasToken && showOnTerminal === undefined) {
    warnings.push(
      "nobody is shown the link that opens the page: start it on a terminal, or give --token-env",
    );
  }
  return warnings;
}
