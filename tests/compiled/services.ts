/** The gateway and the page of the executable: what runs for long, starts other programs, and listens. */
import assert from "node:assert/strict";
import { type Client, scripted, withClient } from "../mcp/gateway/client.ts";
import { type RunningServer, withServer } from "../support/server.ts";
import { type Check, execute, type Installation } from "./installation.ts";

const POLICY = `default_verdict: block
rules:
  - name: reads
    effect: allow
    match: { tool_names: [mcp.s.echo] }
`;

const SERVER_TOOLS = '{"tools": {"*": {"destructive_hint": false}}}';

/** A token that the page is opened with, so that the checks have it too. */
const TOKEN = "0123456789abcdef-of-the-checks";

/** The gateway, in front of a server that needs Node. */
export const GATEWAY: readonly Check[] = [
  {
    name: "gateway: an allowed call reaches the server and comes back",
    run: (installation) =>
      onGateway(installation, "allowed", async (client, folder) => {
        const answer = await client.call(1, "echo", { text: "hello" });
        assert.equal(answer.result.content[0].text, 'echo {"text":"hello"}');
        assert.match(await Deno.readTextFile(`${folder}/log`), /"tools\/call"/);
      }),
  },
  {
    name: "gateway: a blocked call is an error and reaches no server",
    run: (installation) =>
      onGateway(installation, "blocked", async (client, folder) => {
        const { result } = await client.call(1, "remove");
        assert.equal(result.isError, true);
        assert.equal(result._meta["dev.gait/decision"].verdict, "block");
        assert.doesNotMatch(await Deno.readTextFile(`${folder}/log`), /"tools\/call"/);
      }),
  },
  {
    name: "gateway: the session ends with a pack that verifies",
    run: async (installation) => {
      const folder = await onGateway(installation, "packed", async (client) => {
        await client.call(1, "echo");
        await client.call(2, "remove");
        assert.equal(await client.close(), 0);
      });
      const packs = await Array.fromAsync(Deno.readDir(`${folder}/gait-out/mcp-gateway/packs`));
      assert.equal(packs.length, 1);
      const pack = `gait-out/mcp-gateway/packs/${packs[0]!.name}`;
      const verified = await execute(installation.gait, ["pack", "verify", pack, "--json"], folder);
      assert.deepEqual([verified.code, JSON.parse(verified.stdout).ok], [0, true]);
      const inspected = await execute(installation.gait, ["pack", "inspect", pack, "--json"], folder);
      assert.equal(JSON.parse(inspected.stdout).inspect.run_payload.intents_count, 2);
    },
  },
];

/** The page, with everything that it starts. */
export const PAGE: readonly Check[] = [
  {
    name: "page: it is served with its policy, and health needs no token",
    run: (installation) =>
      onPage(installation, async ({ url }) => {
        const page = await fetch(url);
        const html = await page.text();
        assert.equal(page.status, 200);
        assert.match(page.headers.get("content-security-policy") ?? "", /script-src 'sha256-/);
        assert.match(html, /<script type="module">\S[^]{50000}/);
        const health = await fetch(`${url}/api/health`);
        assert.deepEqual([health.status, (await health.json()).ok], [200, true]);
      }),
  },
  {
    name: "page: its routes demand the token, and other websites get nothing",
    run: (installation) =>
      onPage(installation, async ({ url, post }) => {
        const about = async (headers: Record<string, string>) => {
          const answer = await fetch(`${url}/api/about`, { headers });
          return { status: answer.status, ok: (await answer.json()).ok };
        };
        assert.deepEqual(await about({}), { status: 401, ok: false });
        assert.deepEqual(await about({ authorization: "Bearer another-token-of-the-checks" }), {
          status: 401,
          ok: false,
        });
        assert.deepEqual(await about({ authorization: `Bearer ${TOKEN}` }), { status: 200, ok: true });
        const foreign = await post("/api/exec", { command: "demo" }, { origin: "https://other.example" });
        assert.equal(foreign.status, 403);
      }),
  },
  {
    name: "page: state and exec, which start the executable again",
    run: (installation) =>
      onPage(installation, async ({ url, post }) => {
        const headers = { authorization: `Bearer ${TOKEN}` };
        const exec = async (command: string) => (await post("/api/exec", { command }, headers)).json;
        for (const command of ["demo", "verify_demo", "regress_init", "regress_run"]) {
          const { exit_code, ok } = await exec(command);
          assert.deepEqual([command, exit_code, ok], [command, 0, true]);
        }
        assert.equal((await exec("rm")).exit_code, 6);
        const state = await (await fetch(`${url}/api/state`, { headers })).json();
        assert.deepEqual([state.ok, state.run_id], [true, "run_demo"]);
      }),
  },
];

/** Talk to the scripted server through the gateway, in a new folder, which is returned. */
async function onGateway(
  { gait: executable, folder: parent }: Installation,
  name: string,
  body: (client: Client, folder: string) => Promise<void>,
): Promise<string> {
  const folder = `${parent}/gateway-${name}`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/policy.yaml`, POLICY);
  await Deno.writeTextFile(`${folder}/tools.json`, SERVER_TOOLS);
  const args = ["--policy", "policy.yaml", "--name", "s", "--tools", "tools.json", "--", ...scripted("log")];
  await withClient({ folder, executable }, args, async (client) => {
    await client.initialize();
    await body(client, folder);
  });
  return folder;
}

async function onPage(
  { gait: executable, folder: parent }: Installation,
  body: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: parent, prefix: "page-" });
  const args = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN"];
  await withServer({ folder, executable }, args, async (server) => {
    await body(server);
    assert.equal(await server.stop(), 0);
  }, { GAIT_UI_TOKEN: TOKEN });
}
