import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { talkTo } from "../support/talk.ts";

const INTENT = JSON.stringify({
  tool_name: "tool.read",
  context: { identity: "a", workspace: "/w", risk_class: "low" },
});

/** Send these signals while the broker runs; neither the gate nor the broker must stay. */
function leavesNothingBehind(command: string, args: string[], signals: Deno.Signal[]): Promise<void> {
  return onStage(async ({ folder, write, path }) => {
    await write("policy.yaml", "rules: [{name: r, effect: allow, require_broker_credential: true}]");
    await write("intent.json", INTENT);
    await new Deno.Command("mkfifo", { args: [path("started")] }).output();
    await write("broker.sh", "#!/bin/sh\necho $$ > started\nexec sleep 60\n");
    await Deno.chmod(path("broker.sh"), 0o755);
    const broker = argv`--credential-broker command --credential-command ./broker.sh`;
    const talk = talkTo(folder, "gate", command, "--policy", "policy.yaml", ...args, ...broker);
    await talk.send(INTENT);
    const pid = Number(await Deno.readTextFile(path("started")));
    for (const signal of signals) talk.kill(signal);
    const { code, rest } = await talk.end();
    assert.ok([129, 130, 143].includes(code), `it ended with ${code}`);
    assert.deepEqual(rest, []);
    // Killed; the system may take a moment to take it away.
    for (let i = 0; i < 200 && await isAlive(pid); i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(await isAlive(pid), false);
  });
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}

const ignore = Deno.build.os === "windows";

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
  Deno.test(
    `gate eval leaves no broker behind when ${signal} ends it`,
    { ignore },
    () => leavesNothingBehind("eval", ["--intent", "intent.json"], [signal]),
  );
}

Deno.test(
  "gate stream leaves no broker behind when a second signal ends it",
  { ignore },
  () => leavesNothingBehind("stream", ["--no-trace"], ["SIGTERM", "SIGINT"]),
);

Deno.test(
  "gate stream leaves no broker behind when its terminal goes away",
  { ignore },
  () => leavesNothingBehind("stream", ["--no-trace"], ["SIGHUP"]),
);
