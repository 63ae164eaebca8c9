/** Writes archives of tar (POSIX ustar), for tests. */
import { concat, utf8 } from "../../lib/formats/bytes.ts";

interface TarFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** The kind of entry; a file unless given. */
  readonly kind?: string;
}

export function writeTar(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const blocks = files.flatMap(({ name, content, kind = "0" }) => {
    const header = new Uint8Array(512);
    header.set(utf8(name).subarray(0, 100));
    header.set(utf8("0000644\0"), 100);
    header.set(utf8(`${content.length.toString(8).padStart(11, "0")}\0`), 124);
    header.set(utf8("00000000000\0"), 136);
    header.set(utf8("        "), 148);
    header.set(utf8(kind), 156);
    header.set(utf8("ustar\x0000"), 257);
    const sum = header.reduce((sum, byte) => sum + byte, 0);
    header.set(utf8(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    return [header, content, new Uint8Array((512 - content.length % 512) % 512)];
  });
  return concat([...blocks, new Uint8Array(1024)]);
}

/** A record of an extended header, whose length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
  return `${length}${rest}`;
}
