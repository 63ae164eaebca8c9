/** Every command line of gait that a document shows names a command and flags that exist. */
import assert from "node:assert/strict";
import { withBuiltins } from "../../lib/cli/builtins.ts";
import { parseArguments } from "../../lib/cli/parse.ts";
import { resolveCommand } from "../../lib/cli/resolve.ts";
import { TABLE } from "../../lib/commands/table.ts";
import { messageOf } from "../../lib/errors/mod.ts";
import { repository } from "../support/places.ts";

const table = withBuiltins(TABLE);

/** Documents for users; docs/spec describes, and docs/cli.md is generated. */
async function documents(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(repository + folder)) {
    const path = folder + name;
    if (
      isDirectory && /^(docs|docs\/.*|examples|examples\/.*|sdk|sdk\/.*)$/.test(path) && path !== "docs/spec"
    ) {
      found.push(...await documents(`${path}/`));
    } else if (name.endsWith(".md") && path !== "docs/cli.md" && path !== "CHANGELOG.md") found.push(path);
  }
  return found.sort();
}

/** The command lines of fenced blocks that run gait, with continued lines joined, and their line numbers. */
export function commandLines(markdown: string): { line: number; command: string }[] {
  const found: { line: number; command: string }[] = [];
  let fence: string | undefined;
  let open: { line: number; command: string } | undefined;
  for (const [i, raw] of markdown.split("\n").entries()) {
    const text = raw.trim();
    if (text.startsWith("```")) {
      fence = fence === undefined ? text.slice(3) : undefined;
      open = undefined;
      continue;
    }
    if (fence === undefined || !/^(?:$|console|sh|bash|shell|yaml)/.test(fence)) continue;
    // In a block with prompts the other lines are output.
    if (fence.startsWith("console") && open === undefined && !text.startsWith("$ ")) continue;
    const start = /^(?:\$ |- run: |run: )?((?:\.\/|bin\/)?gait(?: .*)?)$/.exec(text)?.[1];
    if (open === undefined && start === undefined) continue;
    open = open === undefined
      ? { line: i + 1, command: start! }
      : { ...open, command: `${open.command} ${text}` };
    if (open.command.endsWith("\\")) open.command = open.command.slice(0, -1).trimEnd();
    else {
      found.push(open);
      open = undefined;
    }
  }
  return found;
}

/** The words of a command as a shell splits them, up to the first thing that is not an argument of it. */
export function words(command: string): string[] {
  const found: string[] = [];
  const word = /\s*(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|(#.*)|([|;&>].*|2>.*|<\s.*)|((?:[^\s'"|;&>\\]|\\.)+))/gy;
  for (let last = 0;;) {
    word.lastIndex = last;
    const match = word.exec(command);
    if (!match) return found;
    const [whole, single, double, comment, end, plain] = match;
    if (comment !== undefined || end !== undefined) return found;
    const text = single ?? double ?? plain!;
    // Parts without a blank between them are one word.
    if (last > 0 && !/^\s/.test(whole) && found.length > 0) found.push(found.pop() + text);
    else found.push(text);
    last = word.lastIndex;
  }
}

/** What is wrong with a command line; `undefined` when it would be understood. */
async function problemOf(command: string): Promise<string | undefined> {
  const [, ...argv] = words(command);
  const resolved = resolveCommand(argv, table);
  if (resolved.kind === "unknown" || (resolved.kind === "usage" && resolved.exit !== 0)) {
    return messageOf(resolved.error);
  }
  if (resolved.kind !== "command" || resolved.entry.name === "version") return undefined;
  try {
    parseArguments((await resolved.entry.load()).default, resolved.rest);
  } catch (error) {
    return messageOf(error);
  }
}

Deno.test("the commands of all documents are understood: names, flags, values of choices", async () => {
  const problems: string[] = [];
  let count = 0;
  for (const path of await documents()) {
    for (const { line, command } of commandLines(await Deno.readTextFile(repository + path))) {
      // A line that stands for many.
      if (/ \.\.\.$|…/.test(command)) continue;
      count++;
      const problem = await problemOf(command);
      if (problem !== undefined) problems.push(`${path}:${line}: ${command}\n    ${problem}`);
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(count > 150, `${count} commands`);
});

Deno.test("commandLines() and words() read documents as they are meant", async () => {
  const text =
    "```\n$ gait verify a \\\n    --json # why\nother\n```\ngait outside\n```console\n$ gait demo\nok\n```\n";
  assert.deepEqual(commandLines(text), [
    { line: 2, command: "gait verify a --json # why" },
    { line: 8, command: "gait demo" },
  ]);
  assert.deepEqual(words(`gait x 'a b' "c d" --f=1 | jq .`), ["gait", "x", "a b", "c d", "--f=1"]);
  assert.notEqual(await problemOf("gait verify a --unknown"), undefined);
  assert.notEqual(await problemOf("gait verfy a"), undefined);
});
