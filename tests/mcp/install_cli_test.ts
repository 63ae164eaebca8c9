import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const POLICY =
  "default_verdict: block\nrules:\n  - {name: r, effect: allow, match: {tool_names: [mcp.fs.read]}}\n";
const CONFIG = `{
  "servers": {
    // files
    "fs": { "type": "stdio", "command": "npx", "args": ["-y", "fs"], "env": { "KEY": "secret" } },
    "web": { "type": "http", "url": "https://mcp.example.com" },
  },
  "inputs": [],
}
`;

Deno.test("a client's servers go behind the gateway and come back as they were", () =>
  onStage(async ({ gait, write, read, path, files }) => {
    await write("policy.yaml", POLICY);
    await write(".vscode/mcp.json", CONFIG);
    await Deno.chmod(path(".vscode/mcp.json"), 0o640);
    const line = "mcp install --client vscode --policy policy.yaml --json".split(" ");

    const shown = await gait(...line, "--dry-run");
    assert.deepEqual([shown.code, shown.json.written], [0, false]);
    assert.equal((await gait(...line)).code, 8); // nobody can be asked here
    assert.equal(await read(".vscode/mcp.json"), CONFIG);

    const installed = await gait(...line, "--yes", "--", "--key-mode", "prod");
    assert.equal(installed.code, 0, installed.stdout);
    const [changed] = installed.json.changed;
    assert.deepEqual(changed.before, ["npx", "-y", "fs"]);
    const after: string[] = changed.after;
    assert.deepEqual(after.slice(after.indexOf("--key-mode")), [
      ...["--key-mode", "prod", "--env", "KEY", "--", "npx", "-y", "fs"],
    ]);
    assert.equal(after[after.indexOf("--policy") + 1], await Deno.realPath(path("policy.yaml")));
    assert.deepEqual(installed.json.left.map(({ name }: { name: string }) => name), ["web"]);
    const text = await read(".vscode/mcp.json");
    assert.ok(text.includes("// files") && text.includes('"mcp", "gateway"'));
    assert.equal((await Deno.stat(path(".vscode/mcp.json"))).mode! & 0o777, 0o640);
    assert.equal((await Deno.stat(path(".vscode/mcp.json.before-gait"))).mode! & 0o777, 0o600);

    const again = await gait(...line, "--yes", "--", "--key-mode", "prod");
    assert.deepEqual([again.json.written, again.json.unchanged], [false, ["fs"]]);
    const removed = await gait`mcp uninstall --client vscode --yes --json`;
    assert.equal(removed.code, 0, removed.stdout);
    assert.equal(await read(".vscode/mcp.json"), CONFIG);
    assert.deepEqual((await files()).sort(), [".vscode/mcp.json", "policy.yaml"]);
  }));

Deno.test("a configuration that is a link stays one, and one that can't be read is not touched", () =>
  onStage(async ({ gait, write, read, path }) => {
    await write("policy.yaml", POLICY);
    await write("dotfiles/mcp.json", '{"mcpServers": {"fs": {"command": "fs"}}}');
    await Deno.mkdir(path(".cursor"));
    await Deno.symlink("../dotfiles/mcp.json", path(".cursor/mcp.json"));
    const installed = await gait`mcp install --client cursor --policy policy.yaml --yes`;
    assert.equal(installed.code, 0, installed.stderr);
    assert.ok((await Deno.lstat(path(".cursor/mcp.json"))).isSymlink);
    assert.ok((await read("dotfiles/mcp.json")).includes("gateway"));

    const bad = '{"mcpServers": {"fs": {"command": "a"}, "fs": {"command": "b"}}}';
    await write(".mcp.json", bad);
    assert.equal((await gait`mcp install --client claude-code --policy policy.yaml --yes`).code, 6);
    assert.equal(await read(".mcp.json"), bad);
  }));

Deno.test("without a policy, a configuration or a server that can be wrapped nothing is installed", () =>
  onStage(async ({ gait, write, files }) => {
    await write("policy.yaml", POLICY);
    await write("broken.yaml", "rules: 7");
    await write("away.json", '{"mcpServers": {"web": {"url": "https://mcp.example.com"}}}');
    await write("mcp.json", '{"mcpServers": {"fs": {"command": "fs"}}}');
    const before = await files();
    assert.equal((await gait`mcp install --client cursor --config mcp.json --yes`).code, 6);
    assert.equal(
      (await gait`mcp install --client cursor --config mcp.json --policy broken.yaml --yes`).code,
      6,
    );
    assert.equal((await gait`mcp install --client claude-desktop --policy policy.yaml --yes`).code, 6);
    assert.equal((await gait`mcp install --client other --config mcp.json --policy policy.yaml`).code, 6);
    assert.equal(
      (await gait`mcp install --client cursor --config away.json --policy policy.yaml --yes`).code,
      6,
    );
    assert.equal(
      (await gait`mcp install --client vscode --config mcp.json --policy policy.yaml --yes`).code,
      6,
    );
    assert.equal(
      (await gait`mcp install --client cursor --config mcp.json --policy policy.yaml word --yes`).code,
      6,
    );
    assert.deepEqual(await files(), before);
  }));

Deno.test("servers that run behind Gait already are left as they are, and nobody is warned of them", () =>
  onStage(async ({ gait, write, read }) => {
    await write("policy.yaml", POLICY);
    const own = {
      command: "/opt/gait/bin/gait",
      args: ["mcp", "gateway", "--policy", "own.yaml", "--", "x"],
    };
    const alone = JSON.stringify({ mcpServers: { own } });
    await write("mcp.json", alone);
    const none = await gait`mcp install --client cursor --config mcp.json --policy policy.yaml --yes --json`;
    assert.deepEqual([none.code, none.json.written], [0, false]);
    assert.equal(await read("mcp.json"), alone);
    await write("mcp.json", JSON.stringify({ mcpServers: { own, fs: { command: "fs" } } }));
    const mixed = await gait`mcp install --client cursor --config mcp.json --policy policy.yaml --yes`;
    assert.equal(mixed.code, 0);
    assert.doesNotMatch(mixed.stdout + mixed.stderr, /"own" are not decided/);
    assert.deepEqual(JSON.parse(await read("mcp.json")).mcpServers.own, own);
  }));

Deno.test("flags behind -- that the gateway or a hook would refuse are refused before anything is changed", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write("policy.yaml", POLICY);
    await write(".vscode/mcp.json", CONFIG);
    const refused = [
      ["--bogus"],
      ["--private-key"],
      ["--key-mode", "prod", "stranger"],
      ["--help"],
      ["--policy", "other.yaml"],
      ["-policy=other.yaml"],
    ];
    for (const install of ["mcp install --client vscode", "hook install cursor"]) {
      const line = [...install.split(" "), "--policy", "policy.yaml", "--yes", "--json", "--"];
      for (const flags of refused) {
        const { code, json } = await gait(...line, ...flags);
        assert.deepEqual([code, json.ok], [6, false], `${install} -- ${flags.join(" ")}`);
        if (flags[0] === "--bogus") assert.match(json.hint, /: gait help (mcp gateway|hook cursor)$/);
      }
    }
    assert.equal(await read(".vscode/mcp.json"), CONFIG);
    assert.deepEqual(await files(), [".vscode/mcp.json", "policy.yaml"]);
  }));
