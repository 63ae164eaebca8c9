import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { planWatching } from "./watched_folders.ts";

async function filesWith(folders: readonly string[], links: Record<string, string> = {}) {
  const files = memoryFiles();
  for (const folder of folders) await files.makeFolder(folder);
  return {
    ...files,
    realPath: (path: string) => Promise.resolve(links[path] ?? (path === "." ? "/srv" : `/srv/${path}`)),
  };
}

Deno.test("present folders are watched deeply, once; for an absent one the folder above it", async () => {
  const files = await filesWith(["gait-out", "gait-out/jobs", "examples"]);
  const { watched } = await planWatching(
    [".", "gait-out", "gait-out/jobs", "intents", "examples/policy/intents"],
    files,
  );
  assert.deepEqual(watched, [
    { path: "gait-out", recursive: true },
    { path: ".", recursive: false },
    { path: "examples", recursive: false },
  ]);
});

Deno.test("changes are named as the user named the folder, also of one elsewhere and of a linked one", async () => {
  const files = await filesWith(["gait-out", "../other", "/var/traces", "linked"], {
    "../other": "/other",
    "/var/traces": "/var/traces",
    linked: "/mnt/evidence",
  });
  const { named } = await planWatching(["gait-out", "../other", "/var/traces", "linked"], files);
  assert.equal(named("/srv/gait-out/trace_1.json"), "gait-out/trace_1.json");
  assert.equal(named("/srv/trace_1.json"), "trace_1.json");
  assert.equal(named("/other/a/trace_1.json"), "../other/a/trace_1.json");
  assert.equal(named("/var/traces/trace_1.json"), "/var/traces/trace_1.json");
  assert.equal(named("/mnt/evidence/trace_1.json"), "linked/trace_1.json");
  assert.equal(named("/srv/linked/trace_1.json"), "linked/trace_1.json");
  assert.equal(named("/srv/gait-out"), "gait-out");
});
