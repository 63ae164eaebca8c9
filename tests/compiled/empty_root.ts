/**
 * `deno run -A tests/compiled/empty_root.ts <gait> <probe> <folder>`, as root of a new user, mount, process and network
 * namespace: run the executable in a root folder that holds it and the libraries it is linked to, without a shell,
 * Deno, Node or any other program, and without a network. `empty_root_lane.ts` starts it.
 */
import assert from "node:assert/strict";
import { withServer } from "../support/server.ts";
import { type Check, gait, type Installation } from "./installation.ts";
import { QUICKSTART } from "./quickstart.ts";
import { runChecks } from "./report.ts";
import { PAGE } from "./services.ts";

/** What is in the empty root beside the libraries: what every container has. */
const DEVICES = ["null", "urandom"];

const BARE: readonly Check[] = [
  {
    name: "the root holds one program and its libraries",
    run: async ({ folder }) => {
      const names = (await filesBelow(rootOf(folder))).filter((name) => !/^\/(proc|dev|etc)\//.test(name));
      const programs = names.filter((name) => !/\.so(\.[0-9]+)*$/.test(name));
      assert.deepEqual(programs.sort(), ["/gait", "/probe"]);
    },
  },
  {
    name: "there is no network but loopback",
    run: async () => {
      const lines = (await Deno.readTextFile("/proc/net/dev")).trim().split("\n").slice(2);
      assert.deepEqual(lines.map((line) => line.trim().split(":")[0]), ["lo"]);
      await assert.rejects(Deno.connect({ hostname: "192.0.2.1", port: 9 }));
    },
  },
];

const WITHOUT_A_SHELL: readonly Check[] = [
  {
    name: "keys, a policy, a decision and its trace",
    run: async (installation) => {
      const { folder } = installation;
      assert.equal((await gait(installation, "keys", "init", "--out-dir", "keys")).code, 0);
      await Deno.writeTextFile(`${folder}/policy.yaml`, "default_verdict: block\n");
      await Deno.writeTextFile(`${folder}/intent.json`, INTENT);
      const decision = ["gate", "eval", "--policy", "policy.yaml", "--intent", "intent.json", "--json"];
      const key = ["--key-mode", "prod", "--private-key", "keys/gait_private.key"];
      const { code, stdout } = await gait(installation, ...decision, ...key, "--trace-out", "trace.json");
      assert.deepEqual([code, JSON.parse(stdout).verdict], [3, "block"]);
      const verify = ["trace", "verify", "trace.json", "--public-key", "keys/gait_public.key"];
      assert.equal((await gait(installation, ...verify)).code, 0);
    },
  },
  {
    name: "mcp serve says that it is well",
    run: async ({ gait: executable, folder }) => {
      await withServer(
        { folder, executable },
        ["mcp", "serve", "--policy", "policy.yaml"],
        async (server) => {
          const health = await fetch(`${server.url}/healthz`);
          assert.deepEqual([health.status, (await health.json()).ok], [200, true]);
          assert.equal(await server.stop(), 0);
        },
      );
    },
  },
  {
    name: "what needs a program that is not there says so with 7",
    run: async (installation) => {
      const missing = async (...args: string[]) => {
        const { code, stdout } = await gait(installation, ...args);
        const { ok, error_code } = JSON.parse(stdout);
        assert.deepEqual([args[0], code, ok, error_code], [args[0], 7, false, "dependency_missing"]);
      };
      await missing("job", "run", "--json", "--id", "job_empty", "--", "/gait", "version");
      await missing("mcp", "gateway", "--json", "--policy", "policy.yaml", "--name", "s", "--", "node", "x");
    },
  },
];

const INTENT = JSON.stringify({
  schema_id: "gait.gate.intent_request",
  schema_version: "1.0.0",
  created_at: "2026-01-01T00:00:00Z",
  producer_version: "0.0.0",
  tool_name: "tool.write",
  args: {},
  targets: [],
  context: { identity: "alice", workspace: "/work", risk_class: "high" },
});

/** The root stands beside the working folder. */
function rootOf(folder: string): string {
  return folder.replace(/\/[^/]*$/, "/root");
}

/**
 * Fill the root, and make programs that enter it. The working folder is bound into it under its own path, so that the
 * checks and the executable call every file by the same name.
 */
async function furnish(gaitPath: string, probePath: string, folder: string): Promise<Installation> {
  const root = rootOf(folder);
  for (const path of ["/proc", "/dev", "/etc", folder]) await Deno.mkdir(root + path, { recursive: true });
  for (const [path, name] of [[gaitPath, "/gait"], [probePath, "/probe"]] as const) {
    await Deno.copyFile(path, root + name);
    for (const library of await librariesOf(path)) {
      await Deno.mkdir(`${root}${library}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(library, root + library);
    }
  }
  // Every container has one, and Deno reads it before it looks at the permission to resolve names.
  await Deno.writeTextFile(`${root}/etc/resolv.conf`, "nameserver 192.0.2.1\n");
  await demand("mount", "-t", "proc", "proc", `${root}/proc`);
  for (const device of DEVICES) {
    await Deno.writeTextFile(`${root}/dev/${device}`, "");
    await demand("mount", "--bind", `/dev/${device}`, `${root}/dev/${device}`);
  }
  await demand("mount", "--bind", folder, root + folder);
  await demand("ip", "link", "set", "lo", "up");
  return {
    gait: await entry(root, "/gait", `${folder}.gait`),
    probe: await entry(root, "/probe", `${folder}.probe`),
    folder,
  };
}

/** A script that runs a program of the root in the folder it is called in. */
async function entry(root: string, program: string, path: string): Promise<string> {
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nexec /usr/bin/unshare --root='${root}' --wd="$PWD" ${program} "$@"\n`,
    { mode: 0o755 },
  );
  return path;
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ldd", { args: [program] }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path]) =>
    path!
  );
}

async function demand(program: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args }).spawn().status;
  if (!success) throw new Error(`Cannot run ${program} ${args.join(" ")}`);
}

async function filesBelow(root: string, folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    const path = `${folder}/${name}`;
    if (path === "/proc") continue;
    if (isDirectory) found.push(...await filesBelow(root, path));
    else found.push(path);
  }
  return found;
}

const [gaitPath, probePath, folder] = Deno.args as [string, string, string];
const installation = await furnish(gaitPath, probePath, folder);
const counts = await runChecks([...BARE, ...QUICKSTART, ...WITHOUT_A_SHELL, ...PAGE], installation);
await Deno.writeTextFile(`${folder}/../counts.json`, JSON.stringify(counts));
