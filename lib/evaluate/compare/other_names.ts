import { cleanPath } from "../../formats/path.ts";

/*
 * Names that systems give to every file beside its own, without a link that somebody made (docs/spec/gate.md 3.3.3,
 * "Paths"). A deny list would else be passed by them: `/proc/self/root/etc/shadow` is `/etc/shadow`.
 */

/** A process in `/proc`, whose `root` and `cwd` are folders elsewhere. */
const PROCESS = /^\/proc\/(?:self|thread-self|[0-9]{1,10})(?:\/task\/[0-9]{1,10})?\/(root|cwd)(?=\/|$)/;

/** The data volume of macOS, where everything lies once more. */
const DATA_VOLUME = /^\/System\/Volumes\/Data(?=\/|$)/i;

/** Folders that macOS keeps in `/private`. */
const PRIVATE = /^\/private(?=\/(?:etc|tmp|var)(?:\/|$))/i;

/** Folders that Linux keeps elsewhere since it merged them (FHS 3.0, and file-hierarchy(7)). */
const MERGED = /^\/(?:s?bin|lib(?:32|64|x32)?)(?=\/|$)/;
const RUN = /^\/var\/(run|lock)(?=\/|$)/;

/** A drive of Windows as a share of its administrators, whose host may be this one under any name. */
const SHARE = /^\/\/(?:[?.]\/UNC\/)?[^/]{1,255}\/([a-z])\$(?=\/|$)/i;

/** A drive in the environments that show it as a folder; above it is another folder. */
const DRIVE = /^\/(?:(?:mnt|cygdrive)\/)?([a-z])(?=\/|$)(?!.*\.\.)/i;

/** A folder of Linux as a share of Windows. */
const WSL = /^\/\/(?:[?.]\/UNC\/)?wsl(?:\$|\.localhost)\/[^/]{1,255}(?=\/|$)/i;

/** `C:x` is below the folder that a process is in on that drive, often its root. */
const IN_DRIVE = /^([a-z]:)(?=[^/])/i;

/** Folders of Windows that have a second name on every drive it is installed on. */
const WINDOWS: readonly (readonly [RegExp, string])[] = [
  [/^([a-z]:\/)Documents and Settings(?=\/|$)/i, "$1Users"],
  [/^([a-z]:\/)Users\/All Users(?=\/|$)/i, "$1ProgramData"],
  [/^([a-z]:\/Windows\/)Sysnative(?=\/|$)/i, "$1System32"],
];

/** A path that Windows takes as it is written, with slashes. */
const VERBATIM = /^\/\/[?.]\/(?=[a-z]:)/i;

/** How many of these names may stand in one another. */
const MAX_NESTED = 8;

/** Whether a path leads through an open file of a process, which can be any folder. */
export function isDescriptor(path: string): boolean {
  return (path.startsWith("/proc/") || path.startsWith("/dev/fd/")) && /\/fd\/[0-9]+(?:\/|$)/.test(path);
}

/**
 * The own names of a file, or of those of a pattern, that is named in one of these ways, for deny lists.
 *
 * @param path as it is written, or cleaned; `..` behind such a name counts from where it leads
 */
export function otherNames(path: string, workspace: string): string[] {
  const found = new Set<string>();
  let open = [path.replaceAll("\\", "/")];
  for (let round = 0; round < MAX_NESTED && open.length > 0; round++) {
    open = open.flatMap((one) => namesOf(one, workspace)).filter((one) => !found.has(one));
    for (const one of open) found.add(one);
  }
  return [...found].map((one) => cleanPath(one));
}

function namesOf(path: string, workspace: string): string[] {
  const single = path.replace(/\/(?:\.?\/)+/g, "/").replace(/^\/(?:\.\.\/)+/, "/");
  const of = PROCESS.exec(single);
  const drive = SHARE.exec(path) ?? DRIVE.exec(single);
  return [
    ...drive ? [`${drive[1]}:${cleanPath(drive.input.slice(drive[0].length) || "/")}`] : [],
    ...VERBATIM.test(path) ? [path.replace(VERBATIM, "")] : [],
    ...of ? [`${of[1] === "cwd" ? workspace : ""}${single.slice(of[0].length) || "/"}`] : [],
    ...DATA_VOLUME.test(single) ? [single.replace(DATA_VOLUME, "") || "/"] : [],
    ...PRIVATE.test(single) ? [single.replace(PRIVATE, "")] : [],
    ...MERGED.test(single) ? [`/usr${single}`] : [],
    ...RUN.test(single) ? [single.replace(RUN, (_, name) => name === "run" ? "/run" : "/run/lock")] : [],
    ...WSL.test(path) ? [path.replace(WSL, "") || "/"] : [],
    ...IN_DRIVE.test(path) ? [path.slice(0, 2) + cleanPath(`/${path.slice(2)}`)] : [],
    ...WINDOWS.filter(([name]) => name.test(path)).map(([name, own]) => path.replace(name, own)),
  ];
}
