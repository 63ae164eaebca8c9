import { canonicalize, type JsonObject } from "../../lib/formats/json/mod.ts";
import { formatPublicKey, keyFromSeed, type PrivateKey, withSignature } from "../../lib/signing/mod.ts";
import { sha256 } from "../../lib/signing/digest.ts";
import { utf8 } from "../../lib/formats/bytes.ts";

/** A key that is the same in every run. */
export function sampleKey(seed: number): Promise<PrivateKey> {
  return keyFromSeed(new Uint8Array(32).fill(seed));
}

/** The text of the public half of {@linkcode sampleKey}. */
export async function samplePublicKey(seed: number): Promise<string> {
  return formatPublicKey((await sampleKey(seed)).public);
}

/** A manifest that nobody signed; a member that is empty is left out, as the signed form demands. */
export function unsignedPack(parts: JsonObject = {}): JsonObject {
  const members: JsonObject = {
    schema_id: "gait.registry.pack",
    schema_version: "1.0.0",
    created_at: "2026-05-01T08:00:00Z",
    producer_version: "4.5.6",
    pack_name: "guardrails",
    pack_version: "2.1.0",
    publisher: "acme",
    source: "registry.acme.test",
    artifacts: [],
    ...parts,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ""));
}

/** The text of a manifest, signed by {@linkcode sampleKey}. */
export async function signedPack(parts: JsonObject = {}, seed = 1): Promise<string> {
  return canonicalize(await withSignature(unsignedPack(parts), await sampleKey(seed)));
}

/** An artifact as manifests name it. */
export async function artifactOf(path: string, content: string): Promise<JsonObject> {
  return { path, sha256: await sha256(utf8(content)) };
}

/** A server on loopback, gone after the test; `origin` is its address without a slash at the end. */
export async function serving(
  answer: (request: Request) => Response | Promise<Response>,
  test: (origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}
