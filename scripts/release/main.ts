/**
 * `deno task release --version v1.2.3 --executables <folder> --out <folder> --private-key <file> --source <address>
 * --commit <sha> --base-url <address> [--libraries <folder>] [--builder <name>] [--invocation <address>]`: everything
 * that is published beside the executables (docs/release.md). `<folder>/<target>/gait` and `gait-online` beside it are the
 * inputs; a platform without them is named and left out, and then there is no Homebrew formula or Scoop manifest that
 * would need it. The libraries are those that `deno task libraries` made.
 */
import { parseArgs } from "node:util";
import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { type Checksum, formatChecksums } from "../../lib/release/checksums.ts";
import { formatPublicKey, parsePrivateKey, sha256 } from "../../lib/signing/mod.ts";
import { root } from "../root.ts";
import { tarGz, zip } from "./archives.ts";
import { bundledPackages } from "./bundled_packages.ts";
import { debName, makeDeb } from "./deb.ts";
import { installScripts } from "./install_scripts.ts";
import { libraryNames } from "./library_names.ts";
import { homebrewFormula, scoopManifest } from "./packages.ts";
import { archiveName, BUILDS, executableName, plainVersion, PLATFORMS, stemOf } from "./platforms.ts";
import { pinnedTools } from "./pinned_tools.ts";
import { makeProvenance } from "./provenance.ts";
import { makeRpm, rpmName } from "./rpm.ts";
import { makeSbom } from "./sbom.ts";

const REQUIRED = ["version", "executables", "out", "private-key", "source", "commit", "base-url"] as const;
const OPTIONAL = ["libraries", "builder", "invocation"] as const;

type Options = Record<typeof REQUIRED[number], string> & { [O in typeof OPTIONAL[number]]?: string };

/** Make the files of a release; returns the names of those that were written. */
export async function makeRelease(options: Options): Promise<string[]> {
  const version = plainVersion(options.version);
  const key = await parsePrivateKey(await Deno.readTextFile(options["private-key"]));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const checksums: Checksum[] = [];
  const addHashed = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    files.set(name, bytes);
    checksums.push({ digest: await sha256(bytes), name });
  };
  const license = { name: "LICENSE", content: await Deno.readFile(`${root}LICENSE`) };
  for (const platform of PLATFORMS) {
    for (const build of BUILDS) {
      const name = executableName(platform, build);
      const path = `${options.executables}/${platform.target}/${name}`;
      const content = await Deno.readFile(path).catch(() => undefined);
      if (content === undefined) {
        console.error(`left out: ${build} for ${platform.target}, because ${path} does not exist`);
        continue;
      }
      const archive = [{ name, content, executable: true }, license];
      await addHashed(
        archiveName(platform, version, build),
        platform.os === "windows" ? await zip(archive) : await tarGz(archive),
      );
      checksums.push({ digest: await sha256(content), name: `${stemOf(platform, version, build)}/${name}` });
      if (platform.os !== "linux" || build !== "gait") continue;
      const of = { version, arch: platform.arch, homepage: options.source };
      const contents = { ...of, executable: content, license: license.content };
      await addHashed(debName(of), await makeDeb(contents));
      await addHashed(rpmName(of), await makeRpm(contents));
    }
  }
  if (files.size === 0) throw new Error(`${options.executables} has no executable of any platform`);
  const isComplete = PLATFORMS.every((platform) => files.has(archiveName(platform, version)));
  const libraries: { purl: string; digest: string }[] = [];
  for (const { name, purl } of options.libraries === undefined ? [] : libraryNames(version)) {
    await addHashed(name, await Deno.readFile(`${options.libraries}/${name}`));
    libraries.push({ purl, digest: checksums.at(-1)!.digest });
  }
  const denoVersion = Deno.version.deno;
  const lock = JSON.parse(await Deno.readTextFile(`${root}deno.lock`));
  const bundled = await bundledPackages();
  const tools = await pinnedTools();
  const sbom = await makeSbom({ version, lock, bundled, denoVersion, tools, libraries });
  await addHashed("sbom.cdx.json", utf8(sbom));
  const publicKey = formatPublicKey(key.public);
  await addHashed("gait_release_public.key", utf8(publicKey));
  const scripts = await installScripts(options.source, publicKey);
  for (const [name, text] of scripts) await addHashed(name, utf8(text));
  const list = utf8(formatChecksums(checksums));
  files.set("checksums.txt", list);
  files.set("checksums.txt.sig", utf8(await signChecksums(list, key)));
  const { source, commit, builder = "laptop", invocation } = options;
  const facts = { version, source, commit, builder, invocation, denoVersion };
  files.set("checksums.txt.intoto.jsonl", utf8(await makeProvenance(facts, list, key)));
  if (isComplete) {
    const packages = { version, baseUrl: options["base-url"], homepage: source, checksums };
    files.set("gait.rb", utf8(homebrewFormula(packages)));
    files.set("gait.json", utf8(scoopManifest(packages)));
  } else {
    console.error("left out: gait.rb and gait.json, because a platform is missing");
  }
  await Deno.mkdir(options.out, { recursive: true });
  for (const [name, bytes] of files) await Deno.writeFile(`${options.out}/${name}`, bytes);
  return [...files.keys()].sort();
}

/** Throws on an unknown, missing or empty flag. */
function readOptions(args: string[]): Options {
  const names = [...REQUIRED, ...OPTIONAL];
  const { values } = parseArgs({
    args,
    options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  });
  for (const name of REQUIRED) if (!values[name]) throw new Error(`Missing --${name}`);
  return values as Options;
}

if (import.meta.main) {
  let options: Options;
  try {
    options = readOptions([...Deno.args]);
  } catch (error) {
    console.error(`Cannot make a release: ${(error as Error).message}`);
    Deno.exit(6);
  }
  for (const name of await makeRelease(options)) console.log(`${options.out}/${name}`);
}
