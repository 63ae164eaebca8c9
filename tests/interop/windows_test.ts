/**
 * Whole commands on Windows-like files: `\` in paths, drives, letter case, CRLF, reserved names. Nothing here has run on
 * Windows (docs/release.md): it shows what does not depend on the system.
 */
import assert from "node:assert/strict";
import { dispatch } from "../../lib/cli/dispatch.ts";
import { wholeTable } from "../../lib/cli/whole_table.ts";
import { killGroup } from "../../lib/effects/child.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { fakeCli } from "../support/fake_cli.ts";
import { fakeEffects } from "../support/fake_effects.ts";
import { memoryFiles } from "../support/memory_files.ts";
import { windowsFiles } from "../support/windows_files.ts";

const POLICY = `default_verdict: block
rules:
  - name: reads
    effect: allow
    match: { tool_names: [docs.read] }
`;

const INTENT = JSON.stringify(
  {
    tool_name: "docs.read",
    args: { path: "C:\\work\\a.txt" },
    targets: [{ kind: "path", value: "C:\\work\\a.txt", operation: "read" }],
    context: { identity: "alice", workspace: "C:\\work", risk_class: "low" },
  },
  undefined,
  2,
);

const crlf = (text: string) => text.replaceAll("\n", "\r\n");

/** A command line on files that last from line to line. */
function machine(os: "windows" | "linux", given: Record<string, string | Uint8Array> = {}) {
  const files = os === "windows" ? windowsFiles(given) : memoryFiles(given);
  const effects = fakeEffects({ files, os });
  return {
    files,
    async gait(...args: string[]) {
      const cli = fakeCli({ table: wholeTable, effects });
      const code = await dispatch([...args, "--json"], cli);
      // deno-lint-ignore no-explicit-any -- tests look into results of many shapes
      return { code, json: JSON.parse(cli.printed.out) as any };
    },
  };
}

Deno.test("the quickstart works on Windows-like files, with paths as Windows users write them", async () => {
  const { gait, files } = machine("windows");
  assert.equal((await gait("demo")).code, 0);
  const { code, json } = await gait("verify", "gait-out\\runpack_run_demo.zip");
  assert.deepEqual([code, json.ok], [0, true]);
  assert.equal((await gait("verify", ".\\GAIT-OUT\\RUNPACK_RUN_DEMO.ZIP")).code, 0);
  assert.equal((await gait("pack", "build", "run_demo", "--out", "evidence\\pack.zip")).code, 0);
  assert.equal((await gait("pack", "verify", "evidence/pack.zip")).code, 0);
  assert.equal(
    (await gait("regress", "bootstrap", "--from", "run_demo", "--junit", "out\\junit.xml")).code,
    0,
  );
  assert.ok(files.paths().includes("out/junit.xml"));
  assert.deepEqual(files.paths().filter((path) => path.includes("\\")), []);
});

Deno.test("a run has the same bytes on Windows and elsewhere", async () => {
  const [windows, linux] = [machine("windows"), machine("linux")];
  const path = "gait-out/runpack_run_demo.zip";
  for (const { gait } of [windows, linux]) assert.equal((await gait("demo")).code, 0);
  assert.deepEqual(await windows.files.read(path), await linux.files.read(path));
});

Deno.test("lines that end with CRLF change no verdict and no digest", async () => {
  const results = [];
  for (const given of [{ policy: POLICY, intent: INTENT }, { policy: crlf(POLICY), intent: crlf(INTENT) }]) {
    const { gait } = machine("windows", { "policy.yaml": given.policy, "intent.json": given.intent });
    assert.equal((await gait("policy", "validate", "policy.yaml")).code, 0);
    const { code, json } = await gait(
      "gate",
      "eval",
      "--policy",
      ".\\policy.yaml",
      "--intent",
      "intent.json",
    );
    results.push([code, json.verdict, json.policy_digest, json.intent_digest]);
  }
  assert.deepEqual(results[0], results[1]);
  assert.deepEqual(results[0]!.slice(0, 2), [0, "allow"]);
});

Deno.test("a name that differs in letter case alone replaces nothing", async () => {
  const { gait, files } = machine("windows");
  const inputs = machine("windows", {
    "policy.yaml": POLICY,
    "intent.json": INTENT,
    "Evidence/Trace.json": "the only evidence",
  });
  const args = ["--policy", "policy.yaml", "--intent", "intent.json", "--trace-out", "evidence\\TRACE.json"];
  assert.equal((await inputs.gait("gate", "eval", ...args)).code, 6);
  assert.equal(inputs.files.text("Evidence/Trace.json"), "the only evidence");
  await gait("demo");
  assert.equal((await gait("pack", "build", "run_demo", "--out", "Pack.zip")).code, 0);
  const before = await files.read("Pack.zip");
  await gait("pack", "build", "run_demo", "--out", "PACK.ZIP");
  assert.deepEqual(await files.read("Pack.zip"), before);
  assert.ok(!files.paths().includes("PACK.ZIP"));
});

Deno.test("an output that would be another file on Windows is refused, and none is made", async () => {
  const { gait, files } = machine("windows");
  await gait("demo");
  const before = files.paths();
  for (
    const out of [
      "NUL",
      "out\\aux.zip",
      "pack.zip:hidden",
      "pack.zip.",
      "C:pack.zip",
      "..\\pack.zip",
      "a?.zip",
    ]
  ) {
    const { code, json } = await gait("pack", "build", "run_demo", "--out", out);
    assert.deepEqual([code, json.ok], [6, false], out);
  }
  assert.deepEqual(files.paths(), before);
});

Deno.test("an archive whose names mean other files on Windows is refused by verify", async () => {
  for (const name of ["..\\x", "C:\\x", "manifest.json/../x"]) {
    const archive = await writeZip([{ name, content: utf8("{}") }]);
    const { gait } = machine("windows", { "bad.zip": archive });
    const { code, json } = await gait("verify", "bad.zip");
    assert.ok([2, 6].includes(code), `${name}: ${code}`);
    assert.notEqual(json.ok, true);
  }
});

Deno.test("a child is ended where there are no process groups", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  killGroup(child, "SIGTERM", "windows");
  assert.equal((await child.status).signal, "SIGKILL");
});
