/** docs/library.md is played: its examples are programs, which run in the order in which they stand in one folder. */
import assert from "node:assert/strict";
import { fences } from "../support/guide.ts";
import { repository } from "../support/places.ts";

const guide = await Deno.readTextFile(`${repository}docs/library.md`);
const examples = [...guide.matchAll(/^## (.*)\n(?:(?!^## )[^])*?^```ts run\n([^]*?)^```$/gm)];

Deno.test("the examples of docs/library.md type-check and do what they say", async () => {
  assert.ok(examples.length >= 7, `${examples.length} examples`);
  const folder = await Deno.makeTempDir({ prefix: "gait-library-" });
  try {
    const { compilerOptions } = JSON.parse(await Deno.readTextFile(`${repository}deno.json`));
    const config = fences(guide).find(({ mark }) => mark?.[1] === "deno.json")!.content;
    const shown = JSON.parse(config.replace("/path/to/gait", repository.replace(/\/$/, "")));
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ compilerOptions, ...shown }));
    const deno = async (what: string, ...args: string[]) => {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      assert.ok(success, `${what}\n${new TextDecoder().decode(stderr)}`);
    };
    const files = examples.map((_, i) => `${i}.ts`);
    for (const [i, file] of files.entries()) await Deno.writeTextFile(`${folder}/${file}`, examples[i]![2]!);
    await deno("types", "check", "--no-lock", ...files);
    for (const [i, file] of files.entries()) {
      const allowed = ["--no-prompt", "--allow-read", "--allow-write"];
      await deno(examples[i]![1]!, "run", "--quiet", "--no-check", "--no-lock", ...allowed, file);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/library.md names no export that mod.ts does not have", async () => {
  const exported = Object.keys(await import("../../mod.ts"));
  const named = [...guide.matchAll(/^import \{([^}]*)\} from "@gait\/gait"/gm)]
    .flatMap(([, names]) => names!.split(",").map((name) => name.trim()));
  assert.deepEqual([...new Set(named)].filter((name) => !exported.includes(name)), []);
});
