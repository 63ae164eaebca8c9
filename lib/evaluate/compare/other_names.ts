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

/** A drive of Windows as a share of the machine itself, and in the environments that show it as a folder. */
const DRIVE =
  /^(?:\/\/(?:\?\/UNC\/|\.\/UNC\/)?(?:localhost|127\.0\.0\.1|\[?::1\]?)\/([a-z])\$|\/(?:mnt|cygdrive)\/([a-z]))(?=\/|$)/i;

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
  const share = DRIVE.exec(path);
  const single = path.replace(/\/(?:\.?\/)+/g, "/").replace(/^\/(?:\.\.\/)+/, "/");
  const of = PROCESS.exec(single);
  return [
    ...share ? [`${share[1] ?? share[2]}:${path.slice(share[0].length) || "/"}`] : [],
    ...VERBATIM.test(path) ? [path.replace(VERBATIM, "")] : [],
    ...of ? [`${of[1] === "cwd" ? workspace : ""}${single.slice(of[0].length) || "/"}`] : [],
    ...DATA_VOLUME.test(single) ? [single.replace(DATA_VOLUME, "") || "/"] : [],
    ...PRIVATE.test(single) ? [single.replace(PRIVATE, "")] : [],
  ];
}
