import assert from "node:assert/strict";
import { TABLE } from "../../lib/commands/table.ts";
import { bundleModules } from "../../scripts/bundler.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

/** The permission flags of the launcher, which are those of the compiled executable. */
async function launcherFlags(): Promise<string[]> {
  const text = await Deno.readTextFile(`${repository}bin/gait`);
  // The socket of `gate serve` is added to no other command (scripts/launcher_test.ts).
  const flags = text.replace(/"(127[^"]*)\$socket"/, "$1").matchAll(
    /(--no-prompt|--allow-[a-z]+(?:=[^'\s]+)?)/g,
  );
  return [...flags].map(([flag]) => flag);
}

Deno.test("bin/gait grants exactly the permission set of deno.json", async () => {
  const { permissions, compile } = JSON.parse(await Deno.readTextFile(`${repository}deno.json`));
  const wanted = Object.entries(permissions.gait).map(([name, value]) =>
    value === true ? `--allow-${name}` : `--allow-${name}=${(value as string[]).join(",")}`
  );
  assert.deepEqual((await launcherFlags()).sort(), ["--no-prompt", ...wanted].sort());
  assert.equal(compile.permissions, "gait");
});

/** The probe as one file without the commands: to load them takes each of its processes a tenth of a second. */
async function bundledProbe(): Promise<string> {
  const files = await bundleModules({
    entry: "tests/cli/permission_probe.ts",
    readable: true,
    output: { inlineDynamicImports: true },
    hooks: {
      resolveDynamicImport: (_, importer) =>
        /\/lib\/commands\/(?:hot|table\/\w+)\.ts$/.test(importer) ? false : null,
    },
  });
  return files.get("main.js")!;
}

let probe = "";
Deno.test.beforeAll(async () => void (probe = await bundledProbe()));

for (const { name, load } of TABLE) {
  Deno.test(`gait ${name} can use no permission that it did not declare`, async () => {
    const { default: { run: _, flags: __, ...declared } } = await load();
    const { needs } = declared;
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/probe.js`, probe);
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: argv`run --quiet --no-config --no-lock ${await launcherFlags()} probe.js ${name}
          ${JSON.stringify(declared)}`,
        cwd: folder,
      }).output();
      const text = new TextDecoder().decode(stdout);
      assert.notEqual(text, "", new TextDecoder().decode(stderr));
      const { found } = JSON.parse(text);
      const expected = ["read", "write", "run", "net", "env", "sys", "ffi", "outside"].map((permission) => [
        permission,
        (needs as Record<string, boolean>)[permission] === true ? "allowed" : "denied",
      ]);
      assert.deepEqual(found, Object.fromEntries(expected));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a server refuses a loopback address that the build has no permission for", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", "default_verdict: block\n");
    for (
      const command of [
        argv`ui --open-browser=false --listen 127.0.0.9:0`,
        argv`mcp serve --policy policy.yaml --listen 127.0.0.9:0`,
        argv`mcp gateway --policy policy.yaml --listen 127.0.0.9:0 -- cat`,
      ]
    ) {
      const { code, stderr } = await gait(...command);
      assert.equal(code, 8, command.join(" "));
      assert.doesNotMatch(stderr, /Uncaught|NotCapable/);
    }
  }));
