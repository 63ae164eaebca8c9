/** docs/typescript.md as a reader follows it: its programs run in one folder, with `gait` on the PATH. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";

const ROOT = process.env.GAIT_ROOT;
const { GAIT_BIN, ...WITHOUT } = process.env;
/** As a reader has it who installed the package alone, who has `gait` on the PATH, and who names it. */
const READERS = {
  "without the executable": WITHOUT,
  "with gait on the PATH": { ...WITHOUT, PATH: `${dirname(GAIT_BIN)}${delimiter}${process.env.PATH}` },
  "with GAIT_BIN": process.env,
};

/** The files that a page has the reader make. */
function filesOf(page) {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gm)].map(([, name, content]) => ({
    name,
    content,
  }));
}

/** Run a test in a folder below this one, where the package is found, with the files of the page. */
function onPage(page, test) {
  const folder = mkdtempSync(join(process.cwd(), "guide-"));
  try {
    const files = filesOf(page);
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
    test(folder, files.map(({ name }) => name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(folder, name, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [name], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

for (const [how, env] of Object.entries(READERS)) {
  test(`docs/typescript.md: every program runs, and says what the page says, ${how}`, () =>
    onPage("docs/typescript.md", (folder, names) => {
      const programs = names.filter((name) => name.endsWith(".mjs"));
      assert.deepEqual(programs, ["agent.mjs", "approved.mjs", "stream.mjs", "sentence.mjs", "run.mjs"]);
      const printed = run(folder, "agent.mjs", env);
      assert.ok(printed.startsWith("approval_required ") && printed.includes("gait approve "), printed);
      assert.ok(readdirSync(join(folder, "traces")).some((name) => name.startsWith("trace_")));
      assert.equal(run(folder, "approved.mjs", env), "deleted /srv/data\n");
      assert.equal(run(folder, "run.mjs", env), "true\n");
      assert.equal(run(folder, "sentence.mjs", env), "true false\n");
      const verified = spawnSync(GAIT_BIN, ["verify", "runpack_run_42.zip"], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(verified.status, 0, verified.stderr);
      if (env.PATH !== WITHOUT.PATH) assert.equal(run(folder, "stream.mjs", env), "require_approval\n");
    }));
}

test("docs/typescript.md shows no program that is not run here", () => {
  const text = readFileSync(join(ROOT, "docs/typescript.md"), "utf8");
  assert.equal(text.match(/^```(?:js|ts)(?! file=)/m), null);
});
