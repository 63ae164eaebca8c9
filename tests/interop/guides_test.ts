/** The guides are played: files are made, commands run, and what they print is what the guides show. */
import assert from "node:assert/strict";
import { fits, guideBlocks, playGuide } from "../support/guide.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { urlOf } from "../../scripts/root.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const read = (path: string) => Deno.readTextFile(repository + path);

async function play(markdown: string, stage: Stage, commands: number): Promise<void> {
  let played = 0;
  await playGuide(markdown, stage, ({ command, shown }, printed) => {
    played++;
    assert.ok(fits(shown, printed), `$ ${command}\n${printed.join("\n")}`);
  });
  assert.ok(played >= commands, `${played} commands`);
}

for (
  const [guide, commands, ...programs] of [
    ["docs/policy.md", 20],
    ["docs/scout.md", 11],
    ["docs/verdicts.md", 1],
    ["docs/regressions.md", 9],
    ["docs/ci.md", 17],
    ["docs/wrappers.md", 3],
    ["docs/production.md", 4],
    ["docs/contracts/policy.md", 4],
    ["docs/contracts/trace.md", 6, "python3", "openssl"],
  ] as const
) {
  testUnless(
    withoutProgram(...programs),
    `${guide} shows what happens`,
    () => onStage(async (stage) => await play(await read(guide), stage, commands)),
  );
}

Deno.test("examples/airline/README.md shows what happens", () =>
  onStage(async (stage) => {
    const example = `${repository}examples/airline`;
    await stage.write("policy.yaml", await Deno.readFile(`${example}/policy.yaml`));
    for (const { name } of Deno.readDirSync(`${example}/fixtures`)) {
      await stage.write(`fixtures/${name}`, await Deno.readFile(`${example}/fixtures/${name}`));
    }
    await play(await read("examples/airline/README.md"), stage, 5);
  }));

Deno.test("the section on the gate of README.md shows what happens", () =>
  onStage(async (stage) => {
    const section = /^## In front of every call\n([\s\S]*?)^## /m.exec(await read("README.md"))![1]!;
    await play(section, stage, 3);
    const commands = /```\n(gait init[\s\S]*?)```/.exec(section)![1]!.trim().split("\n");
    assert.equal(commands.length, 3);
    for (const command of commands) {
      const { code } = await stage.gait(...command.replace(/ *#.*/, "").split(" ").slice(1));
      assert.equal(code, 0, command);
    }
  }));

Deno.test("the commands of README.md about verifying and packs work in the order in which they stand", () =>
  onStage(async (stage) => {
    const sections = /^## What verifying means\n([\s\S]*?)^## Documentation/m.exec(
      await read("README.md"),
    )![1]!;
    for (const block of guideBlocks(sections)) {
      if (block.kind === "file") await stage.write(block.name, block.content);
    }
    const commands = [...sections.matchAll(/^gait .*$/gm)].map(([command]) => command);
    assert.equal(commands.length, 8);
    for (const command of commands) {
      const { code, stderr } = await stage.gait(...command.split(" ").slice(1));
      assert.equal(code, 0, `${command}\n${stderr}`);
    }
  }));

Deno.test("docs/verdicts.md names every reason code and violation of the gate", async () => {
  const spec = await read("docs/spec/gate.md");
  const section = /^### 4\.9 [^\n]*\n([\s\S]*?)^## /m.exec(spec)![1]!;
  const guide = await read("docs/verdicts.md");
  const names = [...section.matchAll(/`([a-z_|*]+)`/g)].flatMap(([, text]) => expand(text!));
  assert.ok(names.length > 60, `${names.length}`);
  for (const name of names) {
    if (!name.includes("*")) assert.ok(guide.includes(`\`${name}\``), name);
  }
});

/** `a_b|c` stands for `a_b` and `a_c`: what differs begins where the first word of the list does. */
function expand(text: string): string[] {
  const [first = "", ...others] = text.split("|");
  if (others.length === 0) return [first];
  const known = KNOWN_ENDS.find((end) => first.endsWith(end)) ?? "";
  return [first, ...others.map((other) => first.slice(0, first.length - known.length) + other)];
}

const KNOWN_ENDS = ["allow", "targets", "required", "block"];

Deno.test("links between the guides lead somewhere", async () => {
  for (
    const guide of [
      "README.md",
      "docs/policy.md",
      "docs/verdicts.md",
      "docs/contracts/policy.md",
      "docs/contracts/trace.md",
      "examples/airline/README.md",
    ]
  ) {
    for (const [, link] of (await read(guide)).matchAll(/\]\(([^)#]+)\)/g)) {
      if (/^https?:/.test(link!)) continue;
      const target = new URL(link!, urlOf(guide));
      assert.ok(await Deno.stat(target).catch(() => undefined), `${guide}: ${link}`);
    }
  }
});

Deno.test("guideBlocks() and fits() read guides as they are meant", () => {
  const blocks = guideBlocks(
    "```yaml file=a/b.yaml\nk: 1\n```\ntext\n```yaml\nno: file\n```\n```console\n$ x\n1\n\n2\n$ y\n```\n",
  );
  assert.deepEqual(blocks, [
    { kind: "file", name: "a/b.yaml", content: "k: 1\n" },
    { kind: "console", steps: [{ command: "x", shown: ["1", "", "2"] }, { command: "y", shown: [] }] },
  ]);
  assert.ok(fits(["a", "...", "d"], ["a", "b", "c", "d"]));
  assert.ok(fits(["a", "..."], ["a"]) && fits([], []));
  assert.ok(
    !fits(["a"], ["a", "b"]) && !fits(["a", "b"], ["a"]) && !fits([], ["a"]) && !fits(["...", "x"], ["a"]),
  );
});
