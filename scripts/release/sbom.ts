/**
 * The bill of materials of a release (CycloneDX 1.6): what deno.lock pins, with the purpose of each package, and what
 * else makes a release (pinned_tools.ts). Packages that only build or test are marked as excluded from the executable.
 */
import { sha256 } from "../../lib/signing/mod.ts";
import { type Integrity, npmPurl, type PinnedTool } from "./pinned_tools.ts";

/** The parts of deno.lock that are read. */
export interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>
  >;
}

/** The facts of a release that its bill of materials states. */
export interface SbomOptions {
  readonly version: string;
  readonly lock: LockFile;
  /** Names of the packages whose code is in the bundle. */
  readonly bundled: ReadonlySet<string>;
  /** Version of Deno, whose runtime is in the executable. */
  readonly denoVersion: string;
  /** What builds or tests a release and is not in deno.lock. */
  readonly tools?: readonly PinnedTool[];
  /** The libraries of the release, by their addresses (purl). */
  readonly libraries?: readonly { readonly purl: string; readonly digest: string }[];
}

/** The document; the same input gives the same bytes. */
export async function makeSbom(options: SbomOptions): Promise<string> {
  const { version, lock, bundled, denoVersion, tools = [], libraries = [] } = options;
  const components = Object.entries(lock.npm).map(([key, { integrity }]) => {
    const { name, version } = splitKey(key);
    return component({ name, version, purl: npmPurl(name, version), integrity }, bundled.has(name));
  });
  const runtime = {
    type: "application",
    "bom-ref": `pkg:generic/denort@${denoVersion}`,
    name: "denort",
    version: denoVersion,
    purl: `pkg:generic/denort@${denoVersion}`,
    scope: "required",
  };
  const own = libraries.map(({ purl, digest }) => ({
    type: "library",
    "bom-ref": purl,
    name: purl.startsWith("pkg:npm/") ? "@gait/gait" : "gait",
    version: purl.replace(/^.*@/, "").replace(/\?.*$/, ""),
    purl,
    hashes: [{ alg: "SHA-256", content: digest }],
  }));
  // A package that deno.lock has too is the one that may be in the executable.
  const all = [...unique([...tools.map((tool) => component(tool, false)), ...components]), runtime, ...own];
  const subject = `pkg:generic/gait@${version}`;
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${await uuidOf(JSON.stringify([version, all]))}`,
    version: 1,
    metadata: { component: { type: "application", "bom-ref": subject, name: "gait", version } },
    components: all,
    dependencies: dependencies(subject, lock, denoVersion),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function dependencies(subject: string, lock: LockFile, denoVersion: string) {
  const direct = Object.entries(lock.specifiers).map(([specifier, resolved]) => {
    const name = specifier.replace(/^npm:/, "").replace(/@[^@]*$/, "");
    return npmPurl(name, resolved.split("_")[0]!);
  });
  return [
    { ref: subject, dependsOn: [...new Set([...direct, `pkg:generic/denort@${denoVersion}`])].sort() },
  ];
}

/** `@scope/name@1.2.3_peer@4` has the peers that it was resolved with behind the underscore. */
function splitKey(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_")[0]! };
}

function component({ name, version, purl, integrity }: PinnedTool, isInExecutable: boolean) {
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    scope: isInExecutable ? "required" : "excluded",
    ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
  };
}

/** `sha512-<base64>` of a lock file as CycloneDX writes it. */
function hashOf(integrity: Integrity): { alg: string; content: string } {
  const [algorithm, base64] = integrity.split("-") as [string, string];
  return { alg: algorithm.replace("sha", "SHA-"), content: Uint8Array.fromBase64(base64).toHex() };
}

function unique<T extends { readonly "bom-ref": string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item["bom-ref"], item])).values()];
}

/** A UUID that is made of the content, so that the same release has the same one. */
async function uuidOf(text: string): Promise<string> {
  const hex = await sha256(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
    .join("-");
}
