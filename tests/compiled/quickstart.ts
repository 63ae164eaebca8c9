import assert from "node:assert/strict";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { VERSION } from "../../lib/version.ts";
import { type Check, execute, gait } from "./installation.ts";

const PACK = "gait-out/runpack_run_demo.zip";

/** The quickstart, and what the executable must refuse, on a machine without Deno and Node. */
export const QUICKSTART: readonly Check[] = [
  {
    name: "version says which build it is",
    run: async (installation) => {
      assert.deepEqual(await gait(installation, "version"), { code: 0, stdout: `gait ${VERSION}\n` });
    },
  },
  {
    name: "demo records a run",
    run: async (installation) => {
      assert.equal((await gait(installation, "demo")).code, 0);
      assert.ok((await Deno.stat(`${installation.folder}/${PACK}`)).isFile);
    },
  },
  {
    name: "verify run_demo is ok",
    run: async (installation) => {
      const { code, stdout } = await gait(installation, "verify", "run_demo", "--json");
      assert.equal(code, 0);
      assert.equal(JSON.parse(stdout).ok, true);
    },
  },
  {
    name: "regress bootstrap writes a passing report",
    run: async (installation) => {
      const junit = "./gait-out/junit.xml";
      assert.equal(
        (await gait(installation, "regress", "bootstrap", "--from", "run_demo", "--junit", junit)).code,
        0,
      );
      assert.match(await Deno.readTextFile(`${installation.folder}/${junit}`), / failures="0"/);
    },
  },
  {
    name: "pack export --html finds the script of the page",
    run: async (installation) => {
      assert.equal((await gait(installation, "pack", "export", PACK, "--html", "page.html")).code, 0);
      const page = await Deno.readTextFile(`${installation.folder}/page.html`);
      assert.match(page, /<script type="module">\S[^]{50000}/);
    },
  },
  {
    name: "verify fails on a changed pack",
    run: async (installation) => {
      await Deno.writeFile(
        `${installation.folder}/changed.zip`,
        await changedPack(`${installation.folder}/${PACK}`),
      );
      assert.equal((await gait(installation, "verify", "./changed.zip")).code, 2);
    },
  },
  {
    name: "permission flags of the runtime are unknown arguments",
    run: async (installation) => {
      assert.equal((await gait(installation, "demo", "--allow-net")).code, 6);
      assert.equal((await gait(installation, "--allow-all")).code, 6);
    },
  },
  {
    name: "what is not allowed is not capable",
    run: async (installation) => {
      await Deno.writeTextFile(`${installation.folder}/module.js`, "");
      const { code, stdout } = await execute(installation.probe, [installation.folder], installation.folder);
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), EXPECTED_OF_PROBE);
    },
  },
  {
    name: "no code cache is left in the temporary folder",
    run: async (installation) => {
      assert.deepEqual(await Array.fromAsync(Deno.readDir(`${installation.folder}/tmp`)), []);
    },
  },
];

/** How the attempts of permission_probe.ts must end. */
const EXPECTED_OF_PROBE = {
  read: "allowed",
  write: "allowed",
  env: "allowed",
  "listen on loopback": "allowed",
  "listen on all addresses": "NotCapable",
  "fetch outside": "NotCapable",
  "connect outside": "NotCapable",
  "resolve a name": "NotCapable",
  ffi: "NotCapable",
  sys: "NotCapable",
  "import a remote module": "TypeError",
  "narrowed: read": "allowed",
  "narrowed: write": "NotCapable",
  "narrowed: env": "NotCapable",
  "narrowed: run": "NotCapable",
  "narrowed: listen on loopback": "NotCapable",
  "narrowed: ask for net": "denied",
};

/** The pack with one letter of one record changed, and valid as an archive. */
async function changedPack(path: string): Promise<Uint8Array> {
  const archive = openZip(await Deno.readFile(path));
  const files = await Promise.all(
    archive.names.map(async (name) => ({ name, content: await archive.read(name) })),
  );
  const record = files.find((file) => file.name === "intents.jsonl")!.content;
  record[record.length >> 1]! ^= 1;
  return await writeZip(files);
}
