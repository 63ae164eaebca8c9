/**
 * Real clients and real servers, with and without the gateway between them: what is allowed comes back the same.
 */
import assert from "node:assert/strict";
import { testUnless } from "../../support/test_unless.ts";
import {
  commandOf,
  comparable,
  drive,
  type DriveOptions,
  gatewayBefore,
  type Kind,
  KINDS,
  missingFor,
  OPEN_POLICY,
  throughGateway,
  type Transcript,
  variablesOf,
} from "./drive.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { freePort, withService } from "./service.ts";

/** A folder for a gateway, with a policy, and one that the server works on. */
async function inWorkFolder(test: (work: string, folder: string) => Promise<void>): Promise<void> {
  const work = await Deno.realPath(await Deno.makeTempDir({ prefix: "gait-mcp-" }));
  try {
    await Deno.writeTextFile(`${work}/policy.yaml`, OPEN_POLICY);
    await test(work, `${work}/data`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Run a scenario in a fresh folder of the same name. */
async function playScenario(
  scenario: Scenario,
  folder: string,
  options: Pick<DriveOptions, "kind" | "command" | "url">,
): Promise<Transcript> {
  return await drive({
    ...options,
    cwd: folder,
    env: variablesOf(scenario, folder),
    bare: scenario.bare ?? false,
    steps: scenario.steps(folder),
  });
}

async function refresh(scenario: Scenario, folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  await scenario.prepare?.(folder);
}

/** What a client and the server of a scenario say to each other over stdio, and the folder that the server worked on. */
interface DirectSession {
  readonly folder: string;
  readonly transcript: Transcript;
}

const directSessions = new Map<string, DirectSession>();

/**
 * Play a scenario without a gateway, once for the tests that compare with it: the transcript is given as if the server
 * had worked on this folder.
 */
async function playDirect(kind: Kind, scenario: Scenario, folder: string): Promise<Transcript> {
  const name = `${kind} ${scenario.name}`;
  let session = directSessions.get(name);
  if (session === undefined) {
    await refresh(scenario, folder);
    const command = commandOf(scenario, folder);
    session = { folder, transcript: await playScenario(scenario, folder, { kind, command }) };
    directSessions.set(name, session);
  }
  return JSON.parse(JSON.stringify(session.transcript).replaceAll(session.folder, folder));
}

const packsOf = (work: string) => [...Deno.readDirSync(`${work}/evidence/packs`)].length;

for (const scenario of SCENARIOS) {
  for (const kind of KINDS) {
    const tools = scenario.tools[kind];
    if (tools === undefined) continue;
    const missing = missingFor(kind, scenario);

    testUnless(
      missing,
      `${kind} and ${scenario.name}: no difference over stdio`,
      () =>
        inWorkFolder(async (work, folder) => {
          const command = commandOf(scenario, folder);
          const gated = throughGateway(command, work, Object.keys(variablesOf(scenario, folder)));
          const direct = await playDirect(kind, scenario, folder);
          await refresh(scenario, folder);
          const through = await playScenario(scenario, folder, { kind, command: gated });
          assert.equal(direct.steps[0].length, tools, "tools of the server");
          assert.deepEqual(comparable(through), comparable(direct));
          assert.equal(packsOf(work), 1, "one pack per session");
        }),
    );

    testUnless(
      missing,
      `${kind} and ${scenario.name}: no difference when the client comes over HTTP`,
      () =>
        inWorkFolder(async (work, folder) => {
          const command = commandOf(scenario, folder);
          const env = variablesOf(scenario, folder);
          const direct = await playDirect(kind, scenario, folder);
          await refresh(scenario, folder);
          const listening = throughGateway(command, work, Object.keys(env), ["--listen", "127.0.0.1:0"]);
          await withService(listening, { cwd: folder, env }, async (url) => {
            const through = await playScenario(scenario, folder, { kind, url: `${url}/mcp` });
            assert.deepEqual(comparable(through).steps, comparable(direct).steps);
          });
        }),
    );

    if (!scenario.listens) continue;

    testUnless(
      missing,
      `${kind} and ${scenario.name}: no difference when the server is reached over HTTP`,
      () =>
        inWorkFolder(async (work, folder) => {
          await refresh(scenario, folder);
          const port = freePort();
          const server = { cwd: folder, env: { ...variablesOf(scenario, folder), PORT: String(port) } };
          const listening = [...commandOf(scenario, folder), ...scenario.listens!];
          await withService(listening, server, async (address) => {
            const url = `${address}/mcp`;
            const direct = await playScenario(scenario, folder, { kind, url });
            assert.equal(direct.steps[0].length, tools, "tools of the server");
            const gated = gatewayBefore(url, work);
            const through = await playScenario(scenario, folder, { kind, command: gated });
            assert.deepEqual(comparable(through).steps, comparable(direct).steps, "stdio");
            const both = [...gated, "--listen", "127.0.0.1:0"];
            await withService(both, { cwd: folder, env: {} }, async (gateway) => {
              const there = await playScenario(scenario, folder, { kind, url: `${gateway}/mcp` });
              assert.deepEqual(comparable(there).steps, comparable(direct).steps, "HTTP");
            });
            assert.equal(packsOf(work), 2, "one pack per session");
          }, `http://127.0.0.1:${port}`);
        }),
    );
  }
}
