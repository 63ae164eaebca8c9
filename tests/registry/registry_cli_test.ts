import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { artifactOf, samplePublicKey, serving, signedPack } from "../support/registry.ts";
import { published, validator } from "../support/schemas.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";

/** A stage with the public keys of the samples. */
function withKeys(test: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(async (stage) => {
    for (const seed of [1, 2]) await stage.write(`k${seed}.key`, await samplePublicKey(seed));
    await test(stage);
  });
}

const install = (stage: Stage, ...more: string[]) =>
  stage.gait("registry", "install", ...more, "--cache-dir", "cache", "--json");

const keyed = ["--public-key", "k1.key"];

Deno.test("an installed pack is listed, shown, verified with a report, and removed with its pin", () =>
  withKeys(async (stage) => {
    const { gait, write, files, read } = stage;
    await write("p.json", await signedPack());
    const { code, json } = await install(stage, "p.json", ...keyed);
    assert.equal(code, 0);
    const listed = await gait`registry list --cache-dir cache --json`;
    assert.equal(listed.json.packs[0].pin_verified, true);
    const shown = await gait`registry show guardrails --cache-dir cache --public-key k1.key --json`;
    assert.deepEqual(
      [shown.json.packs[0].signature_verified, shown.json.packs[0].manifest.publisher],
      [true, "acme"],
    );
    // What the next line says finds the pack, which is not in the usual cache.
    const text = await gait`registry install p.json --cache-dir cache --public-key k1.key`;
    assert.match(text.stdout, /gait registry show guardrails --cache-dir cache$/m);
    assert.match(
      (await gait`registry show other --cache-dir cache`).stderr,
      /registry list --cache-dir cache$/m,
    );
    const stored = json.metadata_path;
    assert.ok(validator(published("registry/registry_pack.schema.json"))(JSON.parse(await read(stored))));
    for (let i = 0; i < 2; i++) {
      const verified = await gait`registry verify ${stored} --public-key k1.key --report-out r.json`;
      assert.equal(verified.code, 0);
    }
    assert.ok(
      validator(published("registry/verification_report.schema.json"))(JSON.parse(await read("r.json"))),
    );
    const removed = await gait`registry remove guardrails --cache-dir cache --json`;
    assert.deepEqual([removed.code, removed.json.pin_removed], [0, "cache/pins/guardrails.pin"]);
    assert.deepEqual((await files()).filter((path) => path.startsWith("cache/")), []);
    assert.equal((await gait`registry remove guardrails --cache-dir cache`).code, 6);
    assert.equal((await gait`registry show guardrails --cache-dir cache`).code, 6);
  }));

Deno.test("registry verify replaces no file that is no report, and none that it reads", () =>
  withKeys(async ({ gait, write, read }) => {
    await write("p.json", await signedPack());
    for (const taken of ["notes.txt", "p.json", "k1.key"]) {
      if (taken === "notes.txt") await write(taken, "kept");
      const before = await read(taken);
      const { code } = await gait`registry verify p.json --public-key k1.key --report-out ${taken}`;
      assert.deepEqual([code, await read(taken)], [6, before], taken);
    }
  }));

Deno.test("a changed pin is told, a downgrade too, and --require-pin-match refuses both", () =>
  withKeys(async (stage) => {
    await stage.write("new.json", await signedPack({ pack_version: "2.10.0" }));
    await stage.write("old.json", await signedPack({ pack_version: "2.9.0" }));
    const first = await install(stage, "new.json", ...keyed);
    assert.equal(first.json.warnings, undefined);
    const refused = await install(stage, "old.json", ...keyed, "--require-pin-match");
    assert.deepEqual([refused.code, refused.json.error_detail], [2, "pin_changed"]);
    assert.equal(await stage.read("cache/pins/guardrails.pin"), `sha256:${first.json.digest}\n`);
    const back = await install(stage, "old.json", ...keyed);
    assert.deepEqual([back.code, back.json.warnings.length], [0, 2]);
    const forth = await install(stage, "new.json", ...keyed);
    assert.equal(forth.json.warnings.length, 1);
    assert.equal((await install(stage, "new.json", ...keyed, "--require-pin-match")).code, 0);
  }));

Deno.test("a key of the trust folder speaks for a publisher only once it is bound", () =>
  withKeys(async (stage) => {
    const { gait, write } = stage;
    await write("p.json", await signedPack());
    await write("other.json", await signedPack({}, 2));
    await write("nobody.json", await signedPack({ publisher: "", pack_name: "nobody" }));
    await gait`keys trust add k1.key --name acme`;
    await gait`keys trust add k2.key --name other`;
    const unbound = await install(stage, "p.json");
    assert.deepEqual([unbound.code, unbound.json.error_detail], [2, "publisher_not_bound"]);
    assert.equal((await install(stage, "nobody.json")).code, 0);
    assert.equal((await gait`registry publisher add Acme --key acme`).code, 0);
    assert.equal((await gait`registry publisher add acme --key missing`).code, 6);
    assert.equal((await install(stage, "p.json")).code, 0);
    // Another trusted key claims the same publisher, by the folder and by a flag.
    assert.equal((await install(stage, "other.json")).code, 2);
    assert.equal((await install(stage, "other.json", "--public-key", "k2.key")).code, 2);
    const verified = await gait`registry verify other.json --json`;
    assert.deepEqual([verified.code, verified.json.failure_reasons], [2, ["publisher_not_bound"]]);
    const document = JSON.parse(await stage.read(".gait/trust/publishers.json"));
    assert.ok(validator(published("registry/publishers.schema.json"))(document));
    assert.equal((await gait`registry publisher list --json`).json.publishers[0].publisher, "acme");
    assert.equal((await gait`registry publisher remove acme`).code, 0);
    assert.equal((await gait`registry publisher remove acme`).code, 6);
    assert.equal((await install(stage, "p.json")).code, 2);
    await write(".gait/trust/publishers.json", "{}");
    assert.equal((await install(stage, "p.json")).code, 6);
  }));

Deno.test("a lock file holds what was installed, and --frozen installs nothing else", () =>
  withKeys(async (stage) => {
    const { write, read } = stage;
    await write("a.json", await signedPack({ pack_name: "a", artifacts: [await artifactOf("x.md", "x")] }));
    await write("x.md", "x");
    await write("b.json", await signedPack({ pack_name: "b" }));
    assert.equal((await install(stage, "a.json", ...keyed, "--frozen")).code, 6, "no lock file");
    await install(stage, "b.json", ...keyed, "--lock-file", ".gait/registry.lock.json");
    await install(stage, "a.json", ...keyed, "--with-artifacts");
    const lock = await read(".gait/registry.lock.json");
    assert.ok(validator(published("registry/lock.schema.json"))(JSON.parse(lock)));
    assert.deepEqual(
      JSON.parse(lock).packs.map((pack: JsonObject) => [pack.pack_name, pack.artifacts]),
      [["a", true], ["b", false]],
    );
    await Deno.remove(stage.path("cache"), { recursive: true });
    const all = await install(stage, "--frozen", ...keyed);
    assert.deepEqual([all.code, all.json.installed], [0, 2]);
    assert.equal(
      await read(`${all.json.packs[0].metadata_path.replace("registry_pack.json", "artifacts/x.md")}`),
      "x",
    );
    await write("b.json", await signedPack({ pack_name: "b", use_case: "changed" }));
    await write("c.json", await signedPack({ pack_name: "c" }));
    for (const source of ["b.json", "c.json"]) {
      assert.equal((await install(stage, source, ...keyed, "--frozen")).code, 2, source);
    }
    const stopped = await install(stage, "--frozen", ...keyed);
    assert.deepEqual([stopped.code, stopped.json.failed, stopped.json.packs.length], [2, "b", 1]);
    assert.equal(await read(".gait/registry.lock.json"), lock);
    await write(".gait/registry.lock.json", lock.replace('"a"', '"../a"'));
    assert.equal((await install(stage, "--frozen", ...keyed)).code, 6);
  }));

Deno.test("--with-artifacts stores all artifacts of a remote pack or none", () =>
  withKeys(async (stage) => {
    const content = { "/packs/SKILL.md": "# Skill", "/packs/deep/p.yaml": "a: 1" };
    const manifest = await signedPack({
      artifacts: [await artifactOf("SKILL.md", "# Skill"), await artifactOf("deep/p.yaml", "a: 1")],
    });
    const answers = new Map<string, string>([...Object.entries(content), ["/packs/p.json", manifest]]);
    await serving(
      (request) => {
        const found = answers.get(new URL(request.url).pathname);
        return new Response(found ?? null, { status: found === undefined ? 404 : 200 });
      },
      async (origin) => {
        const remote = [
          `${origin}/packs/p.json?token=secret#x`,
          "--allow-host",
          "127.0.0.1",
          "--allow-insecure-http",
        ];
        answers.set("/packs/deep/p.yaml", "a: 2");
        const lie = await install(stage, ...remote, ...keyed, "--with-artifacts");
        assert.deepEqual([lie.code, lie.json.error_detail], [2, "artifact_mismatch"]);
        await assert.rejects(Deno.stat(stage.path("cache")), Deno.errors.NotFound);
        answers.delete("/packs/deep/p.yaml");
        assert.equal((await install(stage, ...remote, ...keyed, "--with-artifacts")).code, 2);
        await assert.rejects(Deno.stat(stage.path("cache")), Deno.errors.NotFound);
        answers.set("/packs/deep/p.yaml", "a: 1");
        const whole = await install(stage, ...remote, ...keyed, "--with-artifacts");
        assert.deepEqual([whole.code, whole.json.artifacts], [0, 2]);
        assert.equal(whole.json.source, `${origin}/packs/p.json`);
        assert.ok(!whole.stdout.includes("secret"));
        const path = whole.json.metadata_path;
        assert.equal(
          (await stage.gait`registry verify ${path} --public-key k1.key --with-artifacts`).code,
          0,
        );
        await stage.write(path.replace("registry_pack.json", "artifacts/SKILL.md"), "other");
        const changed = await stage.gait`registry verify ${path} --public-key k1.key --with-artifacts --json`;
        assert.deepEqual([changed.code, changed.json.artifact_problems.length], [2, 1]);
      },
    );
  }));

Deno.test("a host beyond loopback ends with 8 once scheme and host are allowed, or falls back to the cache", () =>
  withKeys(async (stage) => {
    await stage.write("p.json", await signedPack());
    const { json: { digest } } = await install(stage, "p.json", ...keyed);
    const remote = ["https://registry.example.test/p.json", ...keyed];
    assert.equal((await install(stage, ...remote)).code, 2, "no allowed host");
    const allowed = [...remote, "--allow-host", "registry.example.test"];
    const denied = await install(stage, ...allowed, "--pin", digest);
    assert.deepEqual([denied.code, denied.json.error_detail], [8, "network_permission_missing"]);
    assert.equal((await install(stage, ...allowed, "--allow-cached-fallback")).code, 8, "no pin");
    const held = await install(stage, ...allowed, "--allow-cached-fallback", "--pin", digest);
    assert.deepEqual([held.code, held.json.fallback_used], [0, true]);
    const other = await install(stage, ...allowed, "--allow-cached-fallback", "--pin", "0".repeat(64));
    assert.equal(other.code, 8, "not in the cache");
  }));

Deno.test("flags that are switches take no word from behind them", () =>
  withKeys(async (stage) => {
    await stage.write("p.json", await signedPack());
    for (const flags of [["--allow-insecure-http", "p.json"], ["--allow-cached-fallback=true", "p.json"]]) {
      const { code } = await install(stage, ...flags, "--retry-base-delay", "-1s", ...keyed);
      assert.equal(code, 0);
    }
  }));

Deno.test("bindings and a lock file that can be read in two ways are refused, and not written over", () =>
  withKeys(async (stage) => {
    const { gait, write, read } = stage;
    await write("p.json", await signedPack());
    assert.equal((await gait`keys trust add k1.key --name acme`).code, 0);
    assert.equal((await gait`registry publisher add acme --key acme`).code, 0);
    const bindings = await read(".gait/trust/publishers.json");
    const changes = [
      bindings.replace('"publishers":', '"Publishers": [], "publishers":'),
      bindings.replace('"publishers":', '"publishers": [], "publishers":'),
      bindings.replace('"name":', '"Name": "other", "name":'),
      bindings.replace('"name": "acme"', '"name": "Acme"'),
      bindings.replace('"publishers": [', '"publishers": [{"name": "acme", "key_ids": []},'),
    ];
    for (const changed of changes) {
      assert.notEqual(changed, bindings);
      await write(".gait/trust/publishers.json", changed);
      assert.equal((await install(stage, "p.json", ...keyed)).code, 6, changed);
      assert.equal((await gait`registry publisher remove acme`).code, 6, changed);
      assert.equal(await read(".gait/trust/publishers.json"), changed);
    }
    await write(".gait/trust/publishers.json", bindings);
    const lock = '{"schema_id":"gait.registry.lock","schema_version":"1.0.0","packs":[]';
    for (const more of [',"Packs":[]', ',"packs":[]', ',"others":[]']) {
      await write(".gait/registry.lock.json", `${lock}${more}}`);
      assert.equal((await install(stage, "p.json", "--frozen", ...keyed)).code, 6, more);
    }
  }));

Deno.test("registry pack names the flag that is wrong, and packs no manifest of an earlier pack", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write("g/policy.yaml", "default_verdict: block\n");
    await write("g/registry_pack_7.json", '{"schema_id":"mine"}');
    await gait`keys init --out-dir keys --prefix acme`;
    const pack = (name: string, version: string, ...more: string[]) =>
      gait(
        ...["registry", "pack", "g", "--name", name, "--pack-version", version, ...more, "--json"],
        ...["--private-key", "keys/acme_private.key"],
      );
    assert.match((await pack("../x", "1")).json.error, /^Cannot use --name "\.\.\/x": /);
    assert.match((await pack("x", "..")).json.error, /^Cannot use --pack-version "\.\.": /);
    const skill = await pack("x", "1", "--type", "skill", "--publisher", "acme");
    assert.deepEqual([skill.code, skill.json.error], [6, "Missing --source"]);
    for (const version of ["1.0.0", "1.0.1", "1.0.2"]) assert.equal((await pack("x", version)).code, 0);
    assert((await files()).includes("g/registry_pack_3.json"));
    const { artifacts } = JSON.parse(await read("g/registry_pack.json"));
    assert.deepEqual(artifacts.map((artifact: JsonObject) => artifact.path), [
      "policy.yaml",
      "registry_pack_7.json",
    ]);
  }));

Deno.test("a pack that was made from a folder is installed with its artifacts", () =>
  onStage(async ({ gait, write, read, path, files }) => {
    await write("g/policy.yaml", "default_verdict: block\n");
    await write("g/deep/skill.md", "text");
    await gait`keys init --out-dir keys --prefix acme`;
    const pack = (...more: string[]) =>
      gait("registry", "pack", "g", "--name", "guard", "--pack-version", "1.0.0", ...more, "--json");
    const key = ["--private-key", "keys/acme_private.key"];
    assert.equal((await pack()).code, 6);
    for (const name of ["../x", "a/b", ""]) {
      assert.equal(
        (await gait("registry", "pack", "g", "--name", name, "--pack-version", "1", ...key)).code,
        6,
      );
    }
    assert.ok(!(await files()).includes("g/registry_pack.json"));
    const made = await pack("--publisher", "acme", ...key);
    assert.deepEqual([made.code, made.json.artifacts], [0, 2]);
    const { artifacts } = JSON.parse(await read("g/registry_pack.json"));
    assert.deepEqual(artifacts.map((artifact: JsonObject) => artifact.path), [
      "deep/skill.md",
      "policy.yaml",
    ]);
    const args = [
      "--cache-dir",
      "cache",
      "--public-key",
      "keys/acme_public.key",
      "--with-artifacts",
      "--json",
    ];
    const installed = await gait("registry", "install", "g/registry_pack.json", ...args);
    assert.deepEqual([installed.code, `sha256:${installed.json.digest.replace("sha256:", "")}`], [
      0,
      made.json.digest,
    ]);
    await write("g/deep/acme_private.key", "secret");
    assert.equal((await pack(...key)).code, 6);
    await Deno.remove(path("g/deep/acme_private.key"));
    await write("g/deep/signing.pem", await read("keys/acme_private.key"));
    assert.equal((await pack(...key)).code, 6, "a key by another name");
    await Deno.remove(path("g/deep/signing.pem"));
    await Deno.symlink(path("keys/acme_private.key"), path("g/key"));
    assert.equal((await pack(...key)).code, 6);
  }));

Deno.test("registry install names the manifest of a folder that was given for it", () =>
  onStage(async ({ gait, write }) => {
    await write("guardrails/policy.yaml", "default_verdict: block\n");
    await gait`keys init --out-dir keys`;
    await gait`registry pack guardrails --name g --pack-version 1.0.0 --publisher acme --source acme.test
      --private-key keys/gait_private.key`;
    const { code, stderr } = await gait`registry install guardrails --public-key keys/gait_public.key`;
    assert.equal(code, 2);
    assert.match(stderr, /Give the manifest in it: guardrails\/registry_pack\.json/);
  }));
