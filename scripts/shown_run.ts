import { print, type Show } from "./in_turn.ts";
import { root } from "./root.ts";

/** How a run ended, and the last lines that it printed. */
export interface ShownRun {
  readonly code: number;
  readonly tail: string;
}

/** Run Deno in the checkout, and show what it prints as it comes. */
export async function runShown(
  args: readonly string[],
  env: Record<string, string> = {},
  show: Show = print,
): Promise<ShownRun> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of child.stdout) {
    show(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
  }
  return { code: (await child.status).code, tail };
}
