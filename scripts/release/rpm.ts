/** A package for Fedora, openSUSE and their like: the same bytes from the same executable, on every machine. */
import { gzipSync } from "fflate";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { type LinuxPackage, sortableVersion } from "./linux_package.ts";
import { DESCRIPTION } from "./packages.ts";
import { type HeaderValue, rpmHeader } from "./rpm_header.ts";

/** Names of the processors, and their numbers in the lead. */
const ARCHITECTURES = { amd64: ["x86_64", 1], arm64: ["aarch64", 19] } as const;

/** 1 January 1980, of everything. */
const TIME = 315532800;

interface RpmFile {
  readonly folder: string;
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly mode: number;
}

/** `gait-1.2.3-1.x86_64.rpm`. */
export function rpmName({ version, arch }: Pick<LinuxPackage, "version" | "arch">): string {
  return `gait-${sortableVersion(version)}-1.${ARCHITECTURES[arch][0]}.rpm`;
}

/** The package: lead, header of digests, header, compressed archive of cpio. */
export async function makeRpm(options: LinuxPackage): Promise<Uint8Array<ArrayBuffer>> {
  const files: RpmFile[] = [
    { folder: "/usr/bin/", name: "gait", content: options.executable, mode: 0o100755 },
    { folder: "/usr/share/licenses/gait/", name: "LICENSE", content: options.license, mode: 0o100644 },
  ];
  const archive = cpio(files);
  const payload = gzipSync(archive, { level: 9, mtime: 0 }) as Uint8Array<ArrayBuffer>;
  const header = rpmHeader(63, await describe(options, files, payload));
  const digests = rpmHeader(
    62,
    new Map<number, HeaderValue>([
      [273, { text: await sha256(header) }],
      [1000, { int32: [header.length + payload.length] }],
      [1007, { int32: [archive.length] }],
    ]),
  );
  return concat([lead(options), digests, padding(digests.length, 8), header, payload]);
}

/** Read by nothing but `file` today. */
function lead(options: LinuxPackage): Uint8Array {
  const bytes = new Uint8Array(96);
  bytes.set([0xed, 0xab, 0xee, 0xdb, 3]);
  bytes[9] = ARCHITECTURES[options.arch][1];
  bytes.set(utf8(rpmName(options).replace(/\.[^.]*\.rpm$/, "")).subarray(0, 65), 10);
  bytes[77] = 1;
  bytes[79] = 5;
  return bytes;
}

async function describe(
  { version, arch, homepage }: LinuxPackage,
  files: readonly RpmFile[],
  payload: Uint8Array<ArrayBuffer>,
): Promise<Map<number, HeaderValue>> {
  const evr = `${sortableVersion(version)}-1`;
  const [architecture] = ARCHITECTURES[arch];
  const each = <T>(of: (file: RpmFile, i: number) => T) => files.map(of);
  const isa = arch === "amd64" ? "x86-64" : "aarch-64";
  // What the file uses of rpm, then what the executable is linked to.
  const requires = [
    ["rpmlib(CompressedFileNames)", "3.0.4-1"],
    ["rpmlib(FileDigests)", "4.6.0-1"],
    ["rpmlib(PayloadFilesHavePrefix)", "4.0-1"],
    ["libc.so.6()(64bit)", ""],
    ["libgcc_s.so.1()(64bit)", ""],
  ] as const;
  const [EQUAL, AT_MOST_BY_RPM] = [8, 0x100000a];
  return new Map<number, HeaderValue>([
    [100, { texts: ["C"] }],
    [1000, { text: "gait" }],
    [1001, { text: sortableVersion(version) }],
    [1002, { text: "1" }],
    [1004, { translated: DESCRIPTION }],
    [1005, { translated: DESCRIPTION }],
    [1006, { int32: [TIME] }],
    [1007, { text: "localhost" }],
    [1009, { int32: [files.reduce((sum, { content }) => sum + content.length, 0)] }],
    [1014, { text: "Apache-2.0" }],
    [1016, { translated: "Unspecified" }],
    [1020, { text: homepage }],
    [1021, { text: "linux" }],
    [1022, { text: architecture }],
    [1028, { int32: each(({ content }) => content.length) }],
    [1030, { int16: each(({ mode }) => mode) }],
    [1033, { int16: each(() => 0) }],
    [1034, { int32: each(() => TIME) }],
    [1035, { texts: await Promise.all(each(({ content }) => sha256(content))) }],
    [1036, { texts: each(() => "") }],
    [1037, { int32: each(({ name }) => name === "LICENSE" ? 128 : 0) }],
    [1039, { texts: each(() => "root") }],
    [1040, { texts: each(() => "root") }],
    [1044, { text: `gait-${evr}.src.rpm` }],
    [1045, { int32: each(() => -1) }],
    [1047, { texts: ["gait", `gait(${isa})`] }],
    [1048, { int32: requires.map(([, version]) => version === "" ? 0 : AT_MOST_BY_RPM) }],
    [1049, { texts: requires.map(([name]) => name) }],
    [1050, { texts: requires.map(([, version]) => version) }],
    [1064, { text: "4.18.0" }],
    [1095, { int32: each(() => 1) }],
    [1096, { int32: each((_, i) => i + 1) }],
    [1097, { texts: each(() => "") }],
    [1112, { int32: [EQUAL, EQUAL] }],
    [1113, { texts: [evr, evr] }],
    [1116, { int32: each((_, i) => i) }],
    [1117, { texts: each(({ name }) => name) }],
    [1118, { texts: each(({ folder }) => folder) }],
    [1124, { text: "cpio" }],
    [1125, { text: "gzip" }],
    [1126, { text: "9" }],
    [5011, { int32: [8] }],
    [5092, { texts: [await sha256(payload)] }],
    [5093, { int32: [8] }],
  ]);
}

/** An archive in the format `newc`. */
function cpio(files: readonly RpmFile[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const add = (name: string, content: Uint8Array, mode: number, inode: number) => {
    const bytes = utf8(`${name}\0`);
    const fields = [inode, mode, 0, 0, 1, TIME, content.length, 0, 0, 0, 0, bytes.length, 0];
    const head = utf8(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
    parts.push(head, bytes, padding(head.length + bytes.length, 4), content, padding(content.length, 4));
  };
  for (const [i, { folder, name, content, mode }] of files.entries()) {
    add(`.${folder}${name}`, content, mode, i + 1);
  }
  add("TRAILER!!!", new Uint8Array(), 0, 0);
  return concat(parts);
}

/** Zeros from a length to a multiple. */
function padding(length: number, multiple: number): Uint8Array {
  return new Uint8Array((multiple - length % multiple) % multiple);
}
