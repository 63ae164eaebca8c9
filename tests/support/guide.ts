/**
 * Guides as something that can be played: a document is followed block by block, as a reader would.
 *
 *     ```yaml file=policy.yaml      the reader makes this file
 *     ```console                    commands after `$ `, each with its output, in which `...` stands for any text
 *     ```sh                         commands whose output is not shown; `# exit 3` behind one that does not end with 0
 *     ```sh unplayed=needs-docker   not done here, and why
 *
 * A guide is one session of a shell: variables, the working folder and `$?` last from block to block.
 */
import { Shell } from "./shell.ts";
import type { Stage } from "./gait.ts";

/** One command of a guide, and what the guide says about it. */
export interface GuideStep {
  readonly command: string;
  /** The lines that it prints; absent when the guide does not show them. */
  readonly shown?: readonly string[];
  /** How it ends; absent when the guide shows that by its output. */
  readonly status?: number;
}

/** A block of a guide: a file that the reader makes, or commands that the reader runs. */
export type GuideBlock =
  | { readonly kind: "file"; readonly name: string; readonly content: string }
  | { readonly kind: "commands"; readonly steps: readonly GuideStep[] };

/** A fenced block, whatever is in it. */
export interface Fence {
  readonly line: number;
  readonly language: string;
  /** `file` or `unplayed`, with its value. */
  readonly mark?: readonly [name: string, value: string];
  readonly content: string;
}

/** All fenced blocks of a document; those of list items without their indentation. */
export function fences(markdown: string): Fence[] {
  return [...markdown.matchAll(/^( *)```(\w*)(?: (file|unplayed)=(\S+))?[^\n]*\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 1: indent = "", 2: language = "", 3: name, 4: value, 5: content = "" }) => ({
      line: markdown.slice(0, index).split("\n").length,
      language,
      ...(name === undefined ? {} : { mark: [name, value!] as const }),
      content: content.split("\n").map((text) => text.startsWith(indent) ? text.slice(indent.length) : text)
        .join("\n"),
    }),
  );
}

/** The blocks of a guide that can be played, in order. */
export function guideBlocks(markdown: string): GuideBlock[] {
  return fences(markdown).flatMap(({ language, mark, content }): GuideBlock[] => {
    if (mark?.[0] === "file") return [{ kind: "file", name: mark[1], content }];
    if (mark !== undefined) return [];
    if (language === "console") return [{ kind: "commands", steps: consoleSteps(content) }];
    return language === "sh" ? [{ kind: "commands", steps: shellSteps(content) }] : [];
  });
}

function consoleSteps(content: string): GuideStep[] {
  return content.split(/^\$ /m).slice(1).map((step) => {
    const [first = "", ...lines] = step.replace(/\n$/, "").split("\n");
    let command = first;
    while (command.endsWith("\\") && lines.length > 0) command += `\n${lines.shift()}`;
    return { command, shown: lines };
  });
}

/** Commands of a block without output: a line each, with the lines that continue it or are its here-document. */
function shellSteps(content: string): GuideStep[] {
  const lines = content.trimEnd().split("\n");
  const steps: GuideStep[] = [];
  while (lines.length > 0) {
    let command = lines.shift()!;
    if (/^\s*(?:#.*)?$/.test(command)) continue;
    const end = /<<'?(\w+)'?$/.exec(command)?.[1];
    if (end !== undefined) command += `\n${lines.splice(0, lines.indexOf(end) + 1).join("\n")}`;
    while (command.endsWith("\\") && lines.length > 0) command += `\n${lines.shift()}`;
    const [, status = "0"] = /# exit (\d+)$/.exec(command.split("\n").at(-1)!) ?? [];
    steps.push({ command, status: Number(status) });
  }
  return steps;
}

/** What a step of a guide came to. */
export interface Played {
  readonly printed: readonly string[];
  readonly status: number;
}

/** Do what a guide says, in order, in one shell. */
export async function playGuide(
  markdown: string,
  stage: Stage,
  check: (step: GuideStep, played: Played) => void,
): Promise<void> {
  await using shell = new Shell(stage.folder);
  for (const block of guideBlocks(markdown)) {
    if (block.kind === "file") {
      await stage.write(block.name, block.content);
      continue;
    }
    for (const step of block.steps) check(step, await shell.run(step.command));
  }
}

/** What a guide says wrongly about a step; `undefined` when all of it is true. */
export function untrue({ command, shown, status }: GuideStep, played: Played): string | undefined {
  const account = `$ ${command}\n${played.printed.join("\n")}\nexit ${played.status}`;
  if (status !== undefined && status !== played.status) return `${account}, not ${status}`;
  if (shown !== undefined && !fits(shown, played.printed)) {
    return `${account}\nThe guide shows:\n${shown.join("\n")}`;
  }
  return undefined;
}

/** Whether printed lines are those that a guide shows: `...` stands for any lines, and inside a line for any text. */
export function fits(shown: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first !== "...") {
    return printed.length > 0 && lineFits(first, printed[0]!) && fits(rest, printed.slice(1));
  }
  return rest.length === 0 || printed.some((_, i) => fits(rest, printed.slice(i)));
}

function lineFits(shown: string, printed: string): boolean {
  const [start, ...parts] = shown.split("...");
  if (parts.length === 0) return shown === printed;
  const end = parts.pop()!;
  if (!printed.startsWith(start!) || !printed.endsWith(end)) return false;
  let from = start!.length;
  for (const part of parts) {
    const at = printed.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return printed.length - end.length >= from;
}
