import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { formatChecksums } from "../../lib/release/checksums.ts";
import { formatPublicKey, type PrivateKey, sha256 } from "../../lib/signing/mod.ts";
import type { Stage } from "../support/gait.ts";

/** The files of a release at an address of this machine; a test may change them. */
export interface FileServer {
  readonly address: string;
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** An archive with one byte changed, cut off, and empty. */
export function badCopies(archive: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  const changed = archive.slice();
  changed[changed.length - 1]! ^= 1;
  return [changed, archive.slice(0, -9), new Uint8Array()];
}

/** Serve an archive, its checksums and their signature; `release.key` in the folder is the public key. */
export async function serveRelease(
  stage: Stage,
  key: PrivateKey,
  { name, archive }: { readonly name: string; readonly archive: Uint8Array<ArrayBuffer> },
  body: (server: FileServer) => Promise<void>,
): Promise<void> {
  const checksums = utf8(formatChecksums([{ digest: await sha256(archive), name }]));
  const files = new Map([
    ["checksums.txt", checksums],
    ["checksums.txt.sig", utf8(await signChecksums(checksums, key))],
    [name, archive],
  ]);
  await stage.write("release.key", formatPublicKey(key.public));
  await serveFiles(files, body);
}

/** Serve files by their paths. */
export async function serveFiles(
  files: FileServer["files"],
  body: (server: FileServer) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const found = files.get(new URL(url).pathname.slice(1));
    return found === undefined ? new Response("", { status: 404 }) : new Response(found);
  });
  try {
    await body({ address: `http://127.0.0.1:${server.addr.port}`, files });
  } finally {
    await server.shutdown();
  }
}
