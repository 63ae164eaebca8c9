/** The statement of how a release was built: SLSA provenance v1 in an in-toto statement, signed as DSSE. */
import { canonicalBytes, type JsonObject } from "../../lib/formats/json/mod.ts";
import { dsseEnvelope, INTOTO_TYPE } from "../../lib/signing/dsse.ts";
import { type PrivateKey, sha256 } from "../../lib/signing/mod.ts";

/** Where and from what a release was built. The values come from the workflow; nothing is guessed. */
export interface BuildFacts {
  readonly version: string;
  /** Address of the repository. */
  readonly source: string;
  /** Commit that was built, 40 hex digits. */
  readonly commit: string;
  /** Who built: the address of the workflow, or a name for a laptop. */
  readonly builder: string;
  /** Address of the run of the workflow, if there is one. */
  readonly invocation?: string | undefined;
  readonly denoVersion: string;
}

/**
 * The statement about `checksums.txt`, which lists every file of the release.
 *
 * @returns one line of JSON with a line end
 */
export async function makeProvenance(
  facts: BuildFacts,
  checksums: Uint8Array<ArrayBuffer>,
  key: PrivateKey,
): Promise<string> {
  if (!/^[0-9a-f]{40}$/.test(facts.commit)) throw new Error(`"${facts.commit}" is not a commit`);
  const statement: JsonObject = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "checksums.txt", digest: { sha256: await sha256(checksums) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://gait.dev/release/v1",
        externalParameters: { version: facts.version, source: facts.source },
        resolvedDependencies: [
          { uri: `git+${facts.source}`, digest: { gitCommit: facts.commit } },
          { uri: `pkg:generic/deno@${facts.denoVersion}` },
        ],
      },
      runDetails: {
        builder: { id: facts.builder },
        ...(facts.invocation === undefined ? {} : { metadata: { invocationId: facts.invocation } }),
      },
    },
  };
  return `${JSON.stringify(await dsseEnvelope(INTOTO_TYPE, canonicalBytes(statement), key))}\n`;
}
