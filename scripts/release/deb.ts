/** A package for Debian and Ubuntu: the same bytes from the same executable, on every machine. */
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { type ArchiveFile, tarGz } from "./archives.ts";
import { type LinuxPackage, sortableVersion } from "./linux_package.ts";
import { DESCRIPTION } from "./packages.ts";

/** `gait_1.2.3_amd64.deb`. */
export function debName({ version, arch }: Pick<LinuxPackage, "version" | "arch">): string {
  return `gait_${version}_${arch}.deb`;
}

/** The package (deb(5)): an archive of ar with the format, the control file and the files. */
export async function makeDeb(options: LinuxPackage): Promise<Uint8Array<ArrayBuffer>> {
  const { executable, license } = options;
  const files: ArchiveFile[] = [
    ...["./", "./usr/", "./usr/bin/"].map(folder),
    { name: "./usr/bin/gait", content: executable, executable: true },
    ...["./usr/share/", "./usr/share/doc/", "./usr/share/doc/gait/"].map(folder),
    { name: "./usr/share/doc/gait/copyright", content: license },
  ];
  const control = [folder("./"), { name: "./control", content: utf8(controlFile(options)) }];
  return ar([
    ["debian-binary", utf8("2.0\n")],
    ["control.tar.gz", await tarGz(control)],
    ["data.tar.gz", await tarGz(files)],
  ]);
}

function folder(name: string): ArchiveFile {
  return { name, content: new Uint8Array() };
}

/** The runtime is linked to glibc and libgcc. */
function controlFile({ version, arch, homepage, executable }: LinuxPackage): string {
  return `Package: gait
Version: ${sortableVersion(version)}
Architecture: ${arch}
Maintainer: The Gait project <${homepage}>
Installed-Size: ${Math.ceil(executable.length / 1024)}
Depends: libc6, libgcc-s1
Section: utils
Priority: optional
Homepage: ${homepage}
Description: ${DESCRIPTION}
`;
}

/** Members of an archive begin at even positions. */
function ar(members: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const parts = [utf8("!<arch>\n")];
  for (const [name, content] of members) {
    const columns: readonly (readonly [string, number])[] = [
      [name, 16],
      ["0", 12],
      ["0", 6],
      ["0", 6],
      ["100644", 8],
      [`${content.length}`, 10],
    ];
    parts.push(
      utf8(columns.map(([text, width]) => text.padEnd(width)).join("") + "`\n"),
      new Uint8Array(content),
    );
    if (content.length % 2 === 1) parts.push(utf8("\n"));
  }
  return concat(parts);
}
