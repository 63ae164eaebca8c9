import { repository } from "./places.ts";
import type { Stage } from "./gait.ts";

/** One command of a guide, with the output that the guide shows. */
export interface GuideStep {
  readonly command: string;
  readonly shown: readonly string[];
}

/** A block of a guide: a file that the reader makes, or commands that the reader runs. */
export type GuideBlock =
  | { readonly kind: "file"; readonly name: string; readonly content: string }
  | { readonly kind: "console"; readonly steps: readonly GuideStep[] };

/** The blocks of a guide that can be played: those with `file=<name>` behind their language, and `console`. */
export function guideBlocks(markdown: string): GuideBlock[] {
  return [...markdown.matchAll(/^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)].flatMap(
    (found): GuideBlock[] => {
      const [, language, name, content = ""] = found;
      if (name !== undefined) return [{ kind: "file", name, content }];
      return language === "console" ? [{ kind: "console", steps: stepsOf(content) }] : [];
    },
  );
}

function stepsOf(content: string): GuideStep[] {
  return content.split(/^\$ /m).slice(1).map((step) => {
    const [command = "", ...shown] = step.replace(/\n$/, "").split("\n");
    return { command, shown };
  });
}

/** Do what a guide says, in order; each command gets the exit status of the one before it as `$?`. */
export async function playGuide(
  markdown: string,
  stage: Stage,
  check: (step: GuideStep, printed: readonly string[]) => void,
): Promise<void> {
  let status = 0;
  for (const block of guideBlocks(markdown)) {
    if (block.kind === "file") {
      await stage.write(block.name, block.content);
      continue;
    }
    for (const step of block.steps) {
      const { code, stdout } = await new Deno.Command("sh", {
        args: ["-c", `exec 2>&1\n(exit ${status})\n${step.command}`],
        cwd: stage.folder,
        env: { PATH: `${repository}bin:${Deno.env.get("PATH")}`, NO_COLOR: "1", HOME: stage.folder },
      }).output();
      status = code;
      const text = new TextDecoder().decode(stdout);
      check(step, text === "" ? [] : text.replace(/\n$/, "").split("\n"));
    }
  }
}

/** Whether printed lines are those that a guide shows, in which `...` stands for any lines. */
export function fits(shown: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first !== "...") return printed[0] === first && fits(rest, printed.slice(1));
  return rest.length === 0 || printed.some((_, i) => fits(rest, printed.slice(i)));
}
