/**
 * The lines for each framework in docs/integrations.md, as they stand there, with the real framework and a scripted model:
 * it reads a file, is refused to write one, and goes on.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BLOCKS, GUARD, inFolder, READERS } from "./readers.mjs";

const POLICY =
  "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [read_file]}}]\n";
/** As a reader has it who installed the packages alone; the other tests of a framework name the executable. */
const { GAIT_BIN: _, ...env } = process.env;
const written = [];

for (const { needs, text } of BLOCKS.slice(1)) {
  const reader = READERS[needs];
  written.push(needs);
  test(`${needs}: the lines of the page run`, () =>
    inFolder((folder) => {
      assert.ok(reader, `no reader for ${needs}`);
      writeFileSync(join(folder, "policy.yaml"), POLICY);
      writeFileSync(
        join(folder, "agent.mjs"),
        `import assert from "node:assert/strict";
import { recordRun, verifyRunpack } from "@gait/gait";
import { z } from "zod";
const executed = [];
const ran = (name) => ({ path }) => { executed.push(\`\${name} \${path}\`); return { content: \`content of \${path}\` }; };
${GUARD}
${reader.before}
${text}
${reader.after}
assert.equal(text, "done");
const request = recorder.request();
assert.deepEqual(executed, ["read_file /a"], JSON.stringify(request.results));
assert.deepEqual(request.results.map(({ status }) => status), ["ok", "block"]);
assert.ok((await verifyRunpack((await recordRun(request)).bytes)).ok);`,
      );
      const { status, stdout, stderr } = spawnSync(process.execPath, ["agent.mjs"], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${stdout}\n${stderr}`);
    }));
}

test("every framework has its lines", () =>
  assert.deepEqual(written.toSorted(), Object.keys(READERS).toSorted()));
