/**
 * Real clients and real servers, with and without the gateway between them: what is allowed comes back the same.
 */
import assert from "node:assert/strict";
import { testUnless } from "../../support/test_unless.ts";
import {
  commandOf,
  comparable,
  drive,
  KINDS,
  missingFor,
  OPEN_POLICY,
  throughGateway,
  variablesOf,
} from "./drive.ts";
import { SCENARIOS } from "./scenarios.ts";

for (const scenario of SCENARIOS) {
  for (const kind of KINDS) {
    const tools = scenario.tools[kind];
    if (tools === undefined) continue;
    testUnless(
      missingFor(kind, scenario),
      `${kind} and ${scenario.name}: no difference over stdio`,
      async () => {
        const work = await Deno.realPath(
          await Deno.makeTempDir({ prefix: "gait-mcp-" }),
        );
        const folder = `${work}/data`;
        try {
          await Deno.writeTextFile(`${work}/policy.yaml`, OPEN_POLICY);
          const command = commandOf(scenario, folder);
          const env = variablesOf(scenario, folder);
          const transcripts = [];
          for (
            const line of [
              command,
              throughGateway(command, work, Object.keys(env)),
            ]
          ) {
            await Deno.remove(folder, { recursive: true }).catch(() => {});
            await Deno.mkdir(folder);
            await scenario.prepare?.(folder);
            const { bare = false } = scenario;
            transcripts.push(
              await drive({
                kind,
                command: line,
                cwd: folder,
                env,
                bare,
                steps: scenario.steps(folder),
              }),
            );
          }
          const [direct, gated] = transcripts;
          assert.equal(direct!.steps[0].length, tools, "tools of the server");
          assert.deepEqual(comparable(gated!), comparable(direct!));
          const sealed = [...Deno.readDirSync(`${work}/evidence/packs`)];
          assert.equal(sealed.length, 1, "one pack per session");
        } finally {
          await Deno.remove(work, { recursive: true });
        }
      },
    );
  }
}
