/** examples/deploy: nginx with its configuration in front of `gait mcp serve` with the arguments of compose.yaml. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { withServer } from "../support/server.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const FOLDER = `${repository}examples/deploy`;
const TOKEN = "t".repeat(40);

/** The arguments of the container, without where it listens. */
async function composeArguments(): Promise<string[]> {
  const compose = parse(await Deno.readTextFile(`${FOLDER}/compose.yaml`));
  return compose.services.gait.command;
}

testUnless(
  withoutProgram("nginx", "openssl", "curl"),
  "calls through the proxy of examples/deploy are decided, and only with the token",
  () =>
    onStage(async (stage) => {
      await Deno.copyFile(`${FOLDER}/policy.yaml`, stage.path("policy.yaml"));
      assert.equal((await stage.gait`keys init --out-dir keys --prefix trace`).code, 0);
      await Deno.mkdir(stage.path("tls"));
      await run("openssl", [
        ..."req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
          .split(" "),
        ...["-keyout", stage.path("tls/server.key"), "-out", stage.path("tls/server.crt")],
      ]);
      const env = {
        GAIT_MCP_TOKEN: TOKEN,
        GAIT_TRACE_KEY: (await stage.read("keys/trace_private.key")).trim(),
      };
      await withServer(stage, await composeArguments(), async ({ port }) => {
        const listen = freePort();
        const config = (await Deno.readTextFile(`${FOLDER}/nginx.conf`))
          .replaceAll("127.0.0.1:8787", `127.0.0.1:${port}`)
          .replace("listen 8443", `listen 127.0.0.1:${listen}`)
          .replaceAll("/etc/nginx/tls", stage.path("tls"));
        await stage.write("nginx.conf", `pid ${stage.path("nginx.pid")};\nerror_log stderr crit;\n${config}`);
        const nginx = new Deno.Command("nginx", {
          args: ["-e", "stderr", "-c", stage.path("nginx.conf"), "-g", "daemon off;"],
          stdout: "null",
          stderr: "null",
        }).spawn();
        try {
          await untilListening(listen);
          const decide = (name: string, token: string) =>
            postCall(stage.path("tls/server.crt"), `https://127.0.0.1:${listen}/v1/evaluate`, name, token);
          assert.equal(await decide("tool.read", TOKEN), "200");
          assert.equal(await decide("tool.delete", TOKEN), "403");
          assert.equal(await decide("tool.read", "wrong"), "401");
        } finally {
          nginx.kill("SIGTERM");
          await nginx.status;
        }
      }, env);
    }),
);

async function run(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The status of the answer. */
function postCall(certificate: string, address: string, name: string, token: string): Promise<string> {
  const context = { identity: "agent-7", workspace: "/srv", session_id: "s1", risk_class: "low" };
  return run("curl", [
    ...["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", certificate],
    ...["-H", `Authorization: Bearer ${token}`, "-H", "Content-Type: application/json"],
    ...["-d", JSON.stringify({ call: { name, context } }), address],
  ]);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilListening(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error("nginx does not listen");
}
