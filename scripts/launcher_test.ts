/** bin/gait never runs a stale bundle: played in a small checkout whose runtime only tells how it was called. */
import assert from "node:assert/strict";
import { renderInputs } from "./bundle_inputs.ts";
import { wholeTable } from "../lib/cli/whole_table.ts";
import { root } from "./root.ts";
import {
  checkoutCommand,
  checkoutEnvironment,
  gaitPermissions,
  permissionFlags,
  STAYING,
  V8_FLAGS,
} from "./runtime_flags.ts";

const FILES = ["main.ts", "deno.json", "lib/a.ts", "lib/deep er/it's.ts"];
const FOLDERS = ["lib", "lib/deep er"];

/** A command that runs little of it. */
const LISTED = { name: "gate eval", subcommands: ["chain"], files: ["lib/a.ts"] };

/** As the bundler leaves it, an hour ago; the sources are older. */
const [BUILT, SAVED] = [new Date(Date.now() - 3_600_000), new Date(Date.now() - 7_200_000)];

async function inCheckout(body: (folder: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "gait-launcher-" });
  const folder = `${parent}/a b ü %41 #x`;
  try {
    for (const path of ["bin", "dist/.inputs", ".cache", ...FOLDERS]) {
      await Deno.mkdir(`${folder}/${path}`, { recursive: true });
    }
    await Deno.copyFile(`${root}bin/gait`, `${folder}/bin/gait`);
    await Deno.writeTextFile(
      `${folder}/.cache/deno`,
      '#!/bin/sh\nfor word; do echo "$word"; done\necho "DENO_DIR=$DENO_DIR" >&2\n',
      {
        mode: 0o755,
      },
    );
    for (const path of [...FILES, "dist/main.js"]) await Deno.writeTextFile(`${folder}/${path}`, "");
    for (const [name, text] of renderInputs({ files: FILES, digest: "" }, [LISTED])) {
      await Deno.writeTextFile(`${folder}/dist/${name}`, text);
    }
    for (const path of [...FILES, ...FOLDERS]) await Deno.utime(`${folder}/${path}`, SAVED, SAVED);
    await Deno.utime(`${folder}/dist/.inputs.sh`, BUILT, BUILT);
    await body(folder);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

async function launch(gait: string, cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(gait, { args, cwd }).output();
  const words = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  const errors = new TextDecoder().decode(stderr);
  const isBundled = errors.includes("/scripts/bundle.ts\n--if-stale\n");
  return { code, words, isBundled, denoDir: /^DENO_DIR=(.*)\n$/.exec(errors)?.[1] };
}

Deno.test("bin/gait runs the bundle as it is while no source changed", () =>
  inCheckout(async (folder) => {
    const { code, words, isBundled } = await launch(`${folder}/bin/gait`, "/", "verify", "a b", "");
    assert.deepEqual([code, isBundled], [0, false]);
    assert.deepEqual(words.slice(-4), [`${folder}/dist/main.js`, "verify", "a b", ""]);
  }));

Deno.test("bin/gait finds its checkout from a relative path and through a link", () =>
  inCheckout(async (folder) => {
    await Deno.symlink(`${folder}/bin/gait`, `${folder}/link`);
    for (
      const [gait, cwd] of [["bin/gait", folder], ["./gait", `${folder}/bin`], ["./link", folder]] as const
    ) {
      const { words, isBundled } = await launch("sh", cwd, "-c", '"$0" version', gait);
      const entry = words.at(-2)!;
      assert.equal(isBundled, false, gait);
      assert.equal(
        await Deno.realPath(entry.startsWith("/") ? entry : `${cwd}/${entry}`),
        `${folder}/dist/main.js`,
      );
    }
  }));

Deno.test("bin/gait hands on no variable that ends the runtime before it decides, or makes it send what it does", () =>
  inCheckout(async (folder) => {
    await Deno.writeTextFile(`${folder}/.cache/deno`, "#!/bin/sh\nenv\n", { mode: 0o755 });
    const env = { DENO_V8_FLAGS: "--help", OTEL_DENO: "true", DENO_PERMISSION_BROKER_PATH: "/x", KEPT: "1" };
    const { stdout } = await new Deno.Command(`${folder}/bin/gait`, { args: ["version"], env }).output();
    const names = new TextDecoder().decode(stdout).split("\n").map((line) => line.split("=")[0]!);
    assert.ok(names.includes("KEPT"));
    for (const name of Object.keys(env)) assert.equal(names.includes(name), name === "KEPT", name);
  }));

const CHANGES: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  "a source saved in place": (folder) => Deno.writeTextFile(`${folder}/lib/deep er/it's.ts`, "1"),
  "a new source": async (folder) => {
    await Deno.writeTextFile(`${folder}/lib/deep er/new.ts`, "");
    await Deno.utime(`${folder}/lib/deep er/new.ts`, SAVED, SAVED);
  },
  "a deleted source": (folder) => Deno.remove(`${folder}/lib/a.ts`),
  "an older source moved over one": async (folder) => {
    await Deno.writeTextFile(`${folder}/old.ts`, "1");
    await Deno.utime(`${folder}/old.ts`, SAVED, SAVED);
    await Deno.rename(`${folder}/old.ts`, `${folder}/lib/a.ts`);
  },
  "a new folder beside a source": (folder) => Deno.mkdir(`${folder}/lib/new`),
  "a deleted folder": (folder) => Deno.remove(`${folder}/lib/deep er`, { recursive: true }),
  "no entry": (folder) => Deno.remove(`${folder}/main.ts`),
  "no configuration": (folder) => Deno.remove(`${folder}/deno.json`),
  "no bundle": (folder) => Deno.remove(`${folder}/dist/main.js`),
  "no list": (folder) => Deno.remove(`${folder}/dist/.inputs.sh`),
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`bin/gait bundles first when there is ${what}`, () =>
    inCheckout(async (folder) => {
      await change(folder);
      const { words, isBundled } = await launch(`${folder}/bin/gait`, "/", "version");
      assert.deepEqual([isBundled, words.at(-2)], [true, `${folder}/dist/main.js`]);
    }));
}

/** Changes to what the listed command does not run. */
const ELSEWHERE = ["a source saved in place", "a new source"];

Deno.test("bin/gait compares before a command with a list what that command runs, and no more", async () => {
  for (const [what, change] of Object.entries(CHANGES)) {
    await inCheckout(async (folder) => {
      await change(folder);
      const { isBundled } = await launch(`${folder}/bin/gait`, "/", "gate", "eval", "--json");
      assert.equal(isBundled, !ELSEWHERE.includes(what), what);
    });
  }
});

Deno.test("bin/gait compares all sources before a command whose list is gone", () =>
  inCheckout(async (folder) => {
    await Deno.remove(`${folder}/dist/.inputs/gate_eval.sh`);
    assert.equal((await launch(`${folder}/bin/gait`, "/", "gate", "eval")).isBundled, false);
    await CHANGES["a source saved in place"]!(folder);
    assert.equal((await launch(`${folder}/bin/gait`, "/", "gate", "eval")).isBundled, true);
  }));

Deno.test("bin/gait compares all sources where words differ from those of a list", async () => {
  for (
    const words of [["gate"], ["gate", "evil"], ["gate eval"], ["--json", "gate", "eval"], [
      "gate",
      "eval",
      "chain",
    ]]
  ) {
    await inCheckout(async (folder) => {
      await CHANGES["a source saved in place"]!(folder);
      const { isBundled } = await launch(`${folder}/bin/gait`, "/", ...words);
      assert.equal(isBundled, true, words.join(" "));
    });
  }
});

Deno.test("bin/gait runs commands that stay with functions compiled early, and all others, hot ones too, compiled late", () =>
  inCheckout(async (folder) => {
    const names = wholeTable.map(({ name }) => name);
    assert.ok(names.includes(LISTED.name));
    for (const name of STAYING) assert.ok(names.includes(name), name);
    for (const name of names) {
      const lifetime = STAYING.includes(name) ? "stays" : "ends";
      const { words, denoDir } = await launch(`${folder}/bin/gait`, "/", ...name.split(" "), "x");
      const flags = (all: readonly string[]) => all.filter((word) => word.startsWith("--")).sort();
      assert.deepEqual(flags(words), flags(await checkoutCommand(undefined, lifetime)), name);
      assert.equal(denoDir, checkoutEnvironment(lifetime).DENO_DIR!.replace(root, `${folder}/`), name);
    }
  }));

Deno.test("a checkout has the permissions of the executable, and commands that end its V8 flags and a code cache", async () => {
  const permissions = permissionFlags(await gaitPermissions()).sort();
  for (const lifetime of ["ends", "stays"] as const) {
    const command = await checkoutCommand(undefined, lifetime);
    assert.deepEqual(command.filter((flag) => flag.startsWith("--allow")).sort(), permissions);
    assert.ok(command.includes("--no-prompt"));
    assert.equal(command.includes(`${V8_FLAGS},--no-lazy`), lifetime === "ends");
  }
});

Deno.test("bin/gait lets gate serve alone use the Unix socket that it names, and no further address", () =>
  inCheckout(async (folder) => {
    const place = await Deno.realPath(`${folder}/..`);
    const usual = "--allow-net=127.0.0.1,localhost,[::1]";
    const allowed = async (cwd: string, ...args: string[]) => {
      const { words } = await launch(`${folder}/bin/gait`, cwd, ...args);
      return words.filter((word) => word.startsWith("--allow-net"));
    };
    const socket = (path: string) => [`${usual},unix:${path},unix:${path}.start/s`];
    assert.deepEqual(await allowed(place, "gate", "serve", "--socket", "g.sock"), socket(`${place}/g.sock`));
    assert.deepEqual(
      await allowed("/", "gate", "serve", "--json", `--socket=${place}/g`),
      socket(`${place}/g`),
    );
    for (
      const args of [
        ["gate", "serve"],
        ["gate", "serve", "--socket"],
        ["gate", "serve", "--socket="],
        ["gate", "serve", "--socket=g,example.test"],
        ["gate", "serve", "--socket=/nowhere/at/all/g"],
        ["gate", "stream", "--socket=g.sock"],
        ["demo", "--socket=g.sock"],
      ]
    ) {
      assert.deepEqual(await allowed(place, ...args), [usual], args.join(" "));
    }
    await Deno.mkdir(`${place}/a,example.test`);
    assert.deepEqual(await allowed(`${place}/a,example.test`, "gate", "serve", "--socket=g"), [usual]);
    await Deno.remove(`${place}/a,example.test`);
  }));
