/** The lines for each framework in docs/integrations.md as strict TypeScript programs. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BLOCKS, GUARD, inFolder, READERS } from "./readers.mjs";

test("the lines compile in a strict TypeScript program", () =>
  inFolder((folder) => {
    const files = Object.keys(READERS).map((needs, n) => {
      const { text } = BLOCKS.find((block) => block.needs === needs);
      const program = `import { z } from "zod";\n${GUARD}\n${READERS[needs].typed}\n${text}\nexport {};\n`;
      writeFileSync(join(folder, `${n}.ts`), program);
      return `${n}.ts`;
    });
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      types: ["node"],
      // The frameworks' own declarations do not all compile; those of the package do (types.test.mjs).
      skipLibCheck: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const { status, stdout } = spawnSync(process.env.GAIT_TSC, ["-p", folder], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  }));
