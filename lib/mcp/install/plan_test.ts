import assert from "node:assert/strict";
import fc from "fast-check";
import { memberOf, parseJsonc, plainValue } from "../../formats/jsonc.ts";
import { configurationPaths } from "./clients.ts";
import type { WrapOptions } from "./entry.ts";
import { type Configuration, gateNamesOf, planInstall, planUninstall } from "./plan.ts";

const options = (policy = "/p.yaml"): WrapOptions => ({
  program: "/opt/bin/gait",
  argumentsOf: (name) => ["mcp", "gateway", "--policy", policy, "--name", name],
});
const FRONT = ["mcp", "gateway", "--policy", "/p.yaml", "--name"];

const configuration = (text: string, backup?: string, member = "mcpServers"): Configuration => ({
  what: "test",
  text,
  backup,
  member,
});

const entryOf = (text: string, name: string) =>
  // deno-lint-ignore no-explicit-any -- tests look into entries of many shapes
  plainValue(memberOf(memberOf(parseJsonc(text, "test"), "mcpServers"), name)!) as any;

const WITH_COMMENTS = `{
  // my servers
  "theme": "dark",
  "mcpServers": {
    "File System": {
      "command": "npx", /* by npm */
      "args": [
        "-y",
        "server-fs", // the folder:
        "/srv",
      ],
      "env": { "TOKEN": "\${input:token}", "B": "2" }, // secret
    },
    "bare": { "command": "server" }
  }
}
`;

Deno.test("servers run behind the gateway, and everything else stays as it was written", () => {
  const { text, changed, left } = planInstall(configuration(WITH_COMMENTS), [], options());
  assert.deepEqual(left, []);
  assert.deepEqual(changed.map(({ name }) => name), ["File System", "bare"]);
  assert.deepEqual(entryOf(text, "File System"), {
    command: "/opt/bin/gait",
    args: [...FRONT, "file-system", "--env", "TOKEN,B", "--", "npx", "-y", "server-fs", "/srv"],
    env: { TOKEN: "${input:token}", B: "2" },
  });
  assert.deepEqual(entryOf(text, "bare"), {
    command: "/opt/bin/gait",
    args: [...FRONT, "bare", "--", "server"],
  });
  for (const comment of ["// my servers", "/* by npm */", "// the folder:", "// secret"]) {
    assert.ok(text.includes(comment), comment);
  }
});

Deno.test("installing twice changes nothing, another policy is taken over, uninstalling restores every byte", () => {
  const { text, original } = planInstall(configuration(WITH_COMMENTS), [], options());
  assert.equal(original, WITH_COMMENTS);
  const again = planInstall(configuration(text, original), [], options());
  assert.deepEqual([again.text, again.changed, again.unchanged], [text, [], ["File System", "bare"]]);
  const other = planInstall(configuration(text, original), [], options("/q.yaml"));
  assert.equal(entryOf(other.text, "bare").args[3], "/q.yaml");
  assert.equal(other.original, WITH_COMMENTS);
  assert.equal(planUninstall(configuration(other.text, original), []).text, WITH_COMMENTS);
});

Deno.test("what the user changed since is kept when the gateway goes", () => {
  const { text, original } = planInstall(configuration(WITH_COMMENTS), [], options());
  const edited = text.replace('"/srv"', '"/other"').replace('"theme": "dark"', '"theme": "light"');
  const { text: restored } = planUninstall(configuration(edited, original), []);
  assert.deepEqual(entryOf(restored, "File System").args, ["-y", "server-fs", "/other"]);
  assert.deepEqual(entryOf(restored, "File System").command, "npx");
  assert.ok(restored.includes('"theme": "light"'));
  const secret = planUninstall(configuration(text.replace('"B": "2"', '"B": "3"'), original), []);
  assert.equal(entryOf(secret.text, "File System").env.B, "3");
  // Without the backup command and arguments are still known.
  assert.deepEqual(
    entryOf(planUninstall(configuration(text), []).text, "File System"),
    entryOf(WITH_COMMENTS, "File System"),
  );
});

Deno.test("servers that the user put behind Gait by hand stay as they are, in whatever way they run it", () => {
  const behind = ["--policy", "/own.yaml", "--", "npx", "server"];
  const servers = {
    plain: { command: "gait", args: ["mcp", "gateway", ...behind] },
    path: { command: "/opt/gait/bin/gait", args: ["mcp", "gateway", ...behind] },
    windows: { command: "C:\\Tools\\Gait.EXE", args: ["mcp", "gateway", ...behind] },
    online: { command: "/usr/bin/gait-online", args: ["mcp", "gateway", ...behind] },
    proxy: { command: "gait", args: ["mcp", "proxy", "policy.yaml", "-"] },
    flag: { command: "gait", args: ["--json", "mcp", "gateway", ...behind] },
    package: { command: "npx", args: ["-y", "@gait/gait@1.2.0", "mcp", "gateway", ...behind] },
    runtime: { command: "deno", args: ["run", "-A", "/src/gait/dist/main.js", "mcp", "gateway", ...behind] },
    shell: { command: "sh", args: ["-c", "cd /srv && exec '/opt/bin/gait' mcp gateway -- npx server"] },
    cmd: { command: "cmd.exe", args: ["/c", "gait", "mcp", "gateway", ...behind] },
    env: { command: "env", args: ["A=1", "gait", "mcp", "gateway", ...behind] },
  };
  const others = {
    docker: { command: "docker", args: ["mcp", "gateway", "run"] },
    gaiting: { command: "gaiting", args: ["mcp", "gateway"] },
    after: { command: "server", args: ["mcp", "gateway", "gait"] },
  };
  const text = JSON.stringify({ mcpServers: { ...servers, ...others } });
  const planned = planInstall(configuration(text), [], options());
  assert.deepEqual(planned.left.map(({ name }) => name), Object.keys(servers));
  assert.deepEqual(planned.changed.map(({ name }) => name), Object.keys(others));
  assert.equal(planned.original, text);
  for (const name of Object.keys(servers)) {
    assert.deepEqual(entryOf(planned.text, name), entryOf(text, name), name);
  }
  const again = planInstall(configuration(planned.text, planned.original), [], options("/q.yaml"));
  assert.deepEqual(again.left.map(({ name }) => name), Object.keys(servers));
  assert.equal(again.original, text);
  assert.equal(planUninstall(configuration(planned.text, planned.original), []).text, text);
});

Deno.test("a server of a stranger's configuration that only mentions Gait is put behind the gateway", () => {
  const servers = {
    mentions: { command: "node", args: ["server.js", "gait", "mcp", "gateway"] },
    before: { command: "./server", args: ["/opt/bin/gait", "mcp", "gateway"] },
    between: { command: "gait", args: ["verify", "x", "mcp", "gateway"] },
    shell: { command: "sh", args: ["-c", "./server gait mcp gateway"] },
    env: { command: "env", args: ["./server", "gait", "mcp", "proxy"] },
    launcher: { command: "./node", args: ["/opt/bin/gait", "mcp", "gateway"] },
  };
  const own = {
    path: { command: "./tools/gait", args: ["mcp", "gateway", "--", "server"] },
    variable: { command: "${workspaceFolder}/gait", args: ["mcp", "gateway", "--", "server"] },
    runtime: { command: "node", args: ["gait/main.js", "mcp", "gateway", "--", "server"] },
    file: { command: "deno", args: ["run", "-A", "gait", "mcp", "gateway", "--", "server"] },
  };
  const text = JSON.stringify({ mcpServers: { ...servers, ...own } });
  const planned = planInstall(configuration(text), [], options());
  assert.deepEqual(planned.changed.map(({ name }) => name), Object.keys(servers));
  assert.deepEqual(planned.left.map(({ name, decided }) => [name, decided]), [
    ["path", undefined],
    ["variable", undefined],
    ["runtime", undefined],
    ["file", undefined],
  ]);
  for (const { why } of planned.left) assert.match(why, /from a folder of the project/);
});

Deno.test("servers at an address of this machine are reached through the gateway, others are left alone", () => {
  const servers = {
    here: { type: "http", url: "http://127.0.0.1:3000/mcp", headers: { Authorization: "Bearer abc" } },
    six: { url: "http://[::1]:3000/mcp" },
    away: { url: "https://mcp.example.com/" },
    lookalike: { url: "http://127.0.0.1.evil.test/" },
    sse: { type: "sse", url: "http://localhost:1/" },
    headers: { url: "http://localhost:1/", headers: { "X-Key": "1" } },
    basic: { url: "http://localhost:1/", headers: { Authorization: "Basic abc" } },
    file: { command: "x", envFile: ".env" },
    nothing: {},
    odd: { command: "x", args: [1] },
    list: [],
  };
  const text = JSON.stringify({ mcpServers: servers });
  const { text: changed, left, original } = planInstall(configuration(text), [], options());
  assert.deepEqual(entryOf(changed, "here"), {
    type: "stdio",
    command: "/opt/bin/gait",
    args: [
      ...[...FRONT, "here", "--upstream", "http://127.0.0.1:3000/mcp"],
      ...["--upstream-token-env", "GAIT_UPSTREAM_TOKEN"],
    ],
    env: { GAIT_UPSTREAM_TOKEN: "abc" },
  });
  assert.deepEqual(entryOf(changed, "six").args, [...FRONT, "six", "--upstream", "http://[::1]:3000/mcp"]);
  assert.deepEqual(left.map(({ name }) => name), [
    ...["away", "lookalike", "sse", "headers", "basic", "file", "nothing", "odd", "list"],
  ]);
  assert.equal(planUninstall(configuration(changed, original), []).text, text);
  const rebuilt = planUninstall(configuration(changed), []).text;
  assert.deepEqual([entryOf(rebuilt, "here"), entryOf(rebuilt, "six")], [servers.here, servers.six]);
});

Deno.test("a new server beside those behind the gateway joins them, and single ones can be named", () => {
  const two = '{"mcpServers": {"a": {"command": "x"}, "b": {"command": "y", "args": ["1"]}}}';
  const first = planInstall(configuration(two), ["a"], options());
  assert.deepEqual(entryOf(first.text, "b"), { command: "y", args: ["1"] });
  const second = planInstall(configuration(first.text, first.original), [], options());
  assert.deepEqual([second.changed.map(({ name }) => name), second.unchanged], [["b"], ["a"]]);
  assert.equal(second.original, two);
  assert.equal(planUninstall(configuration(second.text, second.original), ["b"]).text, first.text);
  assert.throws(() => planInstall(configuration(two), ["c"], options()), { code: "invalid_input" });
  assert.throws(() => planInstall(configuration('{"servers": {}}'), [], options()), {
    code: "invalid_input",
  });
});

Deno.test("different servers have different names for the gateway", () => {
  const names = ["My Server", "my-server", "MY_SERVER", "", "\u{1f600}", "-x-", "a".repeat(100)];
  const found = [...gateNamesOf(names).values()];
  assert.equal(new Set(found).size, names.length);
  for (const name of found) assert.match(name, /^[a-z0-9][a-z0-9_-]{0,63}$/);
});

Deno.test("any configuration comes back byte by byte, and installing is idempotent", () => {
  const command = fc.record({
    command: fc.string({ minLength: 1 }),
    args: fc.array(fc.string()),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()),
    cwd: fc.string(),
    disabled: fc.boolean(),
  }, { requiredKeys: ["command"] });
  const servers = fc.dictionary(fc.string(), fc.oneof(command, fc.jsonValue()), { minKeys: 1, maxKeys: 5 });
  fc.assert(fc.property(servers, fc.constantFrom(0, 2, "\t"), (mcpServers, space) => {
    const text = JSON.stringify({ before: [1], mcpServers, after: {} }, null, space);
    const once = planInstall(configuration(text), [], options());
    assert.equal(once.original, text);
    assert.equal(planInstall(configuration(once.text, once.original), [], options()).text, once.text);
    assert.equal(planUninstall(configuration(once.text, once.original), []).text, text);
    for (const { name, after } of once.changed) {
      const { command, args } = entryOf(once.text, name);
      assert.deepEqual([command, ...args], after);
    }
  }));
});

Deno.test("a client's configuration is looked for in the project first, then where the platform has it", () => {
  const at = (os: string) => ({ os, home: "/h", appData: "C:/data", configHome: undefined });
  assert.deepEqual(configurationPaths("claude-desktop", at("darwin")), [
    "/h/Library/Application Support/Claude/claude_desktop_config.json",
  ]);
  assert.deepEqual(configurationPaths("claude-desktop", at("windows")), [
    "C:/data/Claude/claude_desktop_config.json",
  ]);
  assert.deepEqual(configurationPaths("vscode", at("linux")), [
    ".vscode/mcp.json",
    "/h/.config/Code/User/mcp.json",
  ]);
  assert.deepEqual(configurationPaths("cursor", { ...at("linux"), home: undefined }), [".cursor/mcp.json"]);
  assert.deepEqual(configurationPaths("claude-code", at("linux")), [".mcp.json", "/h/.claude.json"]);
});
