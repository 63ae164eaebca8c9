import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

/** A command of the guide, its here-document included, and the status that the guide promises. */
interface Step {
  readonly command: string;
  readonly status: number;
}

function stepsOf(guide: string): Step[] {
  const steps: Step[] = [];
  for (const [, block] of guide.matchAll(/```sh\n([\s\S]*?)```/g)) {
    const lines = block!.trimEnd().split("\n");
    while (lines.length > 0) {
      const first = lines.shift()!;
      const rest = first.endsWith("<<'END'") ? lines.splice(0, lines.indexOf("END") + 1) : [];
      const [, status = "0"] = /# exit (\d)$/.exec(first) ?? [];
      steps.push({ command: [first, ...rest].join("\n"), status: Number(status) });
    }
  }
  return steps;
}

Deno.test("the steps of docs/voice.md do what docs/voice.md says", () =>
  onStage(async ({ folder, files, read }) => {
    const steps = stepsOf(await Deno.readTextFile(`${repository}docs/voice.md`));
    assert.ok(steps.length >= 15);
    const home = await Deno.makeTempDir({ prefix: "gait-home-" });
    const env = { HOME: home, NO_COLOR: "1", PATH: `${repository}bin:${Deno.env.get("PATH") ?? ""}` };
    try {
      for (const { command, status } of steps) {
        const { code, stdout, stderr } = await new Deno.Command("sh", {
          args: ["-c", command],
          cwd: folder,
          env,
        })
          .output();
        const reported = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
        assert.equal(code, status, `${command}\n${reported}`);
      }
    } finally {
      await Deno.remove(home, { recursive: true });
    }
    const made = await files();
    assert.ok(made.includes("call.zip"));
    assert.ok(!made.includes("cancel_say.json"));
    assert.equal(JSON.parse(await read("say.json")).refund_ceiling_cents, 50_000);
  }));
