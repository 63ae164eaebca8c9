/** Files of a job under our published schemas. */
import assert from "node:assert/strict";
import { fakeEffects } from "../support/fake_effects.ts";
import { jobStage } from "../support/job.ts";
import { memoryFiles } from "../support/memory_files.ts";
import { published, validator } from "../support/schemas.ts";

Deno.test("state and events of a job fit their published schemas", async () => {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  const [state, event] = [published("job/runtime.schema.json"), published("job/event.schema.json")].map(
    validator,
  );
  const check = () => {
    assert(state!(JSON.parse(memory.text(`${job.folder}/state.json`)!)), JSON.stringify(state!.errors));
    for (const line of memory.text(`${job.folder}/events.jsonl`)!.trimEnd().split("\n")) {
      assert(event!(JSON.parse(line)), `${line}: ${JSON.stringify(event!.errors)}`);
    }
  };
  await job.submit({ actor: "mia", policyDigest: "d", policyRef: "r" });
  check();
  await job.checkpoint("decision-needed", { actor: "mia" });
  await job.approve();
  await job.resume({ policyDigest: "e" });
  await job.change("stop");
  check();
});
