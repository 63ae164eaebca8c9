/** `deno task release`: what is published beside the executables, made from small stand-ins for them. */
import assert from "node:assert/strict";
import { fromBase64, hex } from "../../lib/formats/bytes.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { formatPrivateKey, formatPublicKey, keyFromSeed, sha256 } from "../../lib/signing/mod.ts";
import { libraryNames, pythonVersion } from "../../scripts/release/library_names.ts";
import { makeRelease } from "../../scripts/release/main.ts";
import { packagesOfLock, pinsOf } from "../../scripts/release/pinned_tools.ts";
import { BUILDS, executableName, PLATFORMS } from "../../scripts/release/platforms.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

const BUILD = "sdk/python/requirements-build.txt";
const key = await keyFromSeed(new Uint8Array(32).fill(9));

async function release(
  stage: Stage,
  platforms = PLATFORMS,
  out = "out",
  more: { libraries?: string } = {},
): Promise<string[]> {
  await stage.write("release.key", formatPrivateKey(key));
  for (const platform of platforms) {
    for (const build of BUILDS) {
      const path = `built/${platform.target}/${executableName(platform, build)}`;
      await stage.write(path, `${build} of ${platform.target}`);
    }
  }
  return await makeRelease({
    version: "v1.2.3",
    executables: stage.path("built"),
    out: stage.path(out),
    "private-key": stage.path("release.key"),
    source: "https://git.example/team/gait",
    commit: "0123456789abcdef0123456789abcdef01234567",
    "base-url": "https://git.example/gait/releases/v1.2.3",
    ...more,
  });
}

Deno.test("a release has an archive a platform, and the same bytes each time", () =>
  onStage(async (stage) => {
    const names = await release(stage);
    const archives = PLATFORMS.map(({ os, arch }) => `${os}_${arch}.${os === "windows" ? "zip" : "tar.gz"}`)
      .sort();
    assert.deepEqual(names, [
      "checksums.txt",
      "checksums.txt.intoto.jsonl",
      "checksums.txt.sig",
      "gait-1.2.3-1.aarch64.rpm",
      "gait-1.2.3-1.x86_64.rpm",
      ...archives.map((end) => `gait-online_1.2.3_${end}`),
      "gait.json",
      "gait.rb",
      "gait_1.2.3_amd64.deb",
      "gait_1.2.3_arm64.deb",
      ...archives.map((end) => `gait_1.2.3_${end}`),
      "gait_release_public.key",
      "install.ps1",
      "install.sh",
      "sbom.cdx.json",
    ]);
    await release(stage, PLATFORMS, "again");
    for (const name of names) {
      assert.deepEqual(await stage.bytes(`out/${name}`), await stage.bytes(`again/${name}`), name);
    }
  }));

Deno.test("tar, sha256sum and unzip of the system read the archives and the checksums", () =>
  onStage(async (stage) => {
    await release(stage);
    const run = async (program: string, ...args: string[]) => {
      const { success, stdout } = await new Deno.Command(program, { args, cwd: stage.path("out") }).output();
      assert.ok(success, program);
      return new TextDecoder().decode(stdout);
    };
    const listed = await run("tar", "-tvzf", "gait_1.2.3_linux_amd64.tar.gz");
    assert.match(listed, /^-rwxr-xr-x .* gait\n-rw-r--r-- .* LICENSE\n$/);
    assert.equal(
      await run("tar", "-xOzf", "gait_1.2.3_darwin_arm64.tar.gz", "gait"),
      "gait of aarch64-apple-darwin",
    );
    await run("sha256sum", "--check", "--ignore-missing", "--quiet", "checksums.txt");
    const zip = openZip(await stage.bytes("out/gait_1.2.3_windows_amd64.zip"));
    assert.deepEqual([...zip.names].sort(), ["LICENSE", "gait.exe"]);
  }));

Deno.test("self verify accepts each executable of a release, and no other", () =>
  onStage(async (stage) => {
    await release(stage);
    await stage.write("release_public.key", formatPublicKey(key.public));
    const verify = (path: string) =>
      stage
        .gait`self verify --executable ${path} --checksums out/checksums.txt --public-key release_public.key`;
    for (const platform of PLATFORMS) {
      for (const build of BUILDS) {
        const path = `built/${platform.target}/${executableName(platform, build)}`;
        assert.equal((await verify(path)).code, 0, path);
      }
    }
    assert.equal((await verify("release_public.key")).code, 2);
  }));

Deno.test("formula and manifest carry the digests of the archives", () =>
  onStage(async (stage) => {
    await release(stage);
    const formula = await stage.read("out/gait.rb");
    for (const { os, arch } of PLATFORMS) {
      const name = `gait_1.2.3_${os}_${arch}.${os === "windows" ? "zip" : "tar.gz"}`;
      const digest = await sha256(await stage.bytes(`out/${name}`));
      const text = os === "windows" ? await stage.read("out/gait.json") : formula;
      const at = text.indexOf(`https://git.example/gait/releases/v1.2.3/${name}"`);
      assert.ok(at > 0 && text.slice(at).startsWith(`${text.slice(at, text.indexOf("\n", at))}`), name);
      assert.ok(text.slice(at, text.indexOf("\n", text.indexOf("\n", at) + 1)).includes(digest), name);
    }
  }));

Deno.test("the installers know the repository of the release, and its key", () =>
  onStage(async (stage) => {
    await release(stage);
    const base64 = formatPublicKey(key.public).trim();
    assert.ok((await stage.read("out/install.sh")).includes(`release_key='${base64}'\n`));
    assert.ok((await stage.read("out/install.ps1")).includes(`$releaseKey = '${base64}'\n`));
    assert.match(await stage.read("out/install.sh"), /^ {2}repo=\$\{GAIT_REPO:-team\/gait\}$/m);
    assert.match(await stage.read("out/install.ps1"), /^\$defaultRepo = 'team\/gait'$/m);
  }));

Deno.test("without a platform there are no package manifests, without any executable no release", () =>
  onStage(async (stage) => {
    const names = await release(stage, PLATFORMS.slice(0, 1));
    assert.ok(names.includes("gait_1.2.3_linux_amd64.tar.gz"));
    assert.ok(!names.includes("gait.rb") && !names.includes("gait.json"));
  }).then(() => onStage((stage) => assert.rejects(release(stage, [])))));

Deno.test("the provenance is about the checksums, and its signature is that of DSSE", () =>
  onStage(async (stage) => {
    await release(stage);
    const envelope = JSON.parse(await stage.read("out/checksums.txt.intoto.jsonl"));
    const payload = fromBase64(envelope.payload)!;
    const statement = JSON.parse(new TextDecoder().decode(payload));
    assert.deepEqual(statement.subject, [{
      name: "checksums.txt",
      digest: { sha256: await sha256(await stage.bytes("out/checksums.txt")) },
    }]);
    const head = new TextEncoder().encode(
      `DSSEv1 28 application/vnd.in-toto+json ${payload.length} `,
    );
    const signed = new Uint8Array([...head, ...payload]);
    const signature = fromBase64(envelope.signatures[0].sig)!;
    assert.ok(await crypto.subtle.verify("Ed25519", key.public.handle, signature, signed));
    assert.equal(envelope.signatures[0].keyid, key.public.id);
  }));

Deno.test("the bill of materials has every package of the lock file, and tells which are in the executable", () =>
  onStage(async (stage) => {
    await release(stage);
    const { components, bomFormat, specVersion } = JSON.parse(await stage.read("out/sbom.cdx.json"));
    assert.deepEqual([bomFormat, specVersion], ["CycloneDX", "1.6"]);
    const lock = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
    const named = new Map<string, { scope: string; hashes: { content: string }[] }>(
      // deno-lint-ignore no-explicit-any -- a component of the document
      components.map((component: any) => [`${component.name}@${component.version}`, component]),
    );
    for (const [entry, { integrity }] of Object.entries<{ integrity: string }>(lock.npm)) {
      const component = named.get(entry.split("_")[0]!);
      assert.ok(component, entry);
      assert.equal(component.hashes[0]!.content, hex(fromBase64(integrity.slice("sha512-".length))!), entry);
    }
    for (const bundled of ["js-yaml", "uplot", "preact"]) {
      assert.equal(
        components.find(({ name }: { name: string }) => name === bundled).scope,
        "required",
        bundled,
      );
    }
    assert.equal(components.find(({ name }: { name: string }) => name === "esbuild").scope, "excluded");
    assert.equal(components.find(({ name }: { name: string }) => name === "denort").scope, "required");
  }));

Deno.test("the bill of materials has the Deno of the workflow and the requirements of the Python package", () =>
  onStage(async (stage) => {
    await release(stage);
    const { components } = JSON.parse(await stage.read("out/sbom.cdx.json"));
    const addresses = components.map(({ purl }: { purl: string }) => purl);
    assert.equal(new Set(addresses).size, addresses.length);
    for (
      const [file, prefix] of [[".github/tools/package-lock.json", "pkg:npm/"], [BUILD, "pkg:pypi/"]] as const
    ) {
      const text = await Deno.readTextFile(repository + file);
      const tools = file === BUILD ? pinsOf(text) : packagesOfLock(text);
      assert.notEqual(tools.length, 0);
      for (const { name, version, integrity } of tools) {
        const purl = `${prefix}${name.replace(/^@/, "%40")}@${version}`;
        const found = components.find((component: { purl: string }) => component.purl === purl);
        assert.deepEqual([purl, found?.scope], [purl, "excluded"]);
        if (integrity !== undefined) assert.equal(found.hashes[0].alg, "SHA-512");
      }
    }
  }));

Deno.test("a requirement is read as the package that it pins, or not at all", () => {
  const text = "# note\n-c constraints.txt\nA_b.C==1.2.3\npytest[x]==2  # why\nloose>=1\nother\n";
  assert.deepEqual(pinsOf(text).map(({ purl }) => purl), ["pkg:pypi/a-b-c@1.2.3", "pkg:pypi/pytest@2"]);
});

Deno.test("the libraries are in the checksums and in the bill of materials; without one there is no release", () =>
  onStage(async (stage) => {
    const names = libraryNames("1.2.3");
    for (const { name } of names) await stage.write(`libraries/${name}`, `bytes of ${name}`);
    const libraries = stage.path("libraries");
    await release(stage, PLATFORMS, "out", { libraries });
    const { components } = JSON.parse(await stage.read("out/sbom.cdx.json"));
    const list = await stage.read("out/checksums.txt");
    for (const { name, purl } of names) {
      const digest = await sha256(await stage.bytes(`out/${name}`));
      assert.ok(list.includes(`${digest}  ${name}\n`), name);
      const found = components.find((component: { purl: string }) => component.purl === purl);
      assert.deepEqual([found.version, found.hashes], ["1.2.3", [{ alg: "SHA-256", content: digest }]]);
    }
    await Deno.remove(`${libraries}/${names[1]!.name}`);
    await assert.rejects(release(stage, PLATFORMS, "without", { libraries }));
  }));

Deno.test("a version before a release has its form in Python, or none", () => {
  assert.equal(pythonVersion("1.2.3"), "1.2.3");
  assert.equal(pythonVersion("1.2.3-rc.1"), "1.2.3rc1");
  assert.equal(pythonVersion("1.2.3-beta4"), "1.2.3b4");
  for (const version of ["1.2.3-next", "1.2.3-rc", "1.2", ""]) assert.throws(() => pythonVersion(version));
});
