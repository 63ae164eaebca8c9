/** Archives of a release: the same bytes from the same executable, on every machine. */
import { gzipSync } from "fflate";
import { pack } from "tar-stream";
import { concat } from "../../lib/formats/bytes.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";

/** A file of an archive; a folder when its name ends with a slash. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly executable?: boolean;
}

/**
 * A `.tar.gz` without times and owners. The compressor is written in JavaScript: that of the platform differs between
 * versions and processors.
 */
export async function tarGz(files: readonly ArchiveFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const tar = pack();
  for (const { name, content, executable } of files) {
    const type = name.endsWith("/") ? "directory" : "file";
    const mode = executable || type === "directory" ? 0o755 : 0o644;
    tar.entry(
      { name, type, size: content.length, mode, mtime: new Date(0), uid: 0, gid: 0 },
      content as never,
    );
  }
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  return gzipSync(concat(parts), { level: 9, mtime: 0 }) as Uint8Array<ArrayBuffer>;
}

/** A `.zip`, for Windows. */
export async function zip(files: readonly ArchiveFile[]): Promise<Uint8Array<ArrayBuffer>> {
  return await writeZip(files);
}
