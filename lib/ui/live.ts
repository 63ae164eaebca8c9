import type { FolderChanges } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { baseName, cleanPath, joinPath } from "../formats/path.ts";
import { JOURNAL_FOLDER } from "../gate/trace/log.ts";
import type { UiContext } from "./context.ts";
import { INTENT_NAME } from "./known_intents.ts";
import { POLICY_NAME } from "./policy/known_policies.ts";
import { RUN_NAME } from "./runs/known_runs.ts";
import { isSkipped, searchFiles } from "./search_files.ts";
import { TRACE_NAME, type TraceIndex } from "./traces/trace_index.ts";
import type { UnwrittenTraces } from "./traces/unwritten.ts";
import { planWatching } from "./watched_folders.ts";

/** What changed, for the views that show it. */
export type Topic = "traces" | "runs" | "jobs" | "policies" | "regressions";

const TOPICS: readonly Topic[] = ["traces", "runs", "jobs", "policies", "regressions"];

/** Changes of the folders, as they happen. */
export interface Live {
  /** Reports topics, at most a few times a second, until the signal. */
  topics(ended: AbortSignal): AsyncGenerator<readonly Topic[]>;
  /** Something was noticed elsewhere. */
  notice(topic: Topic): void;
  /** Stop watching. */
  stop(): void;
}

/** What is kept of the folders. */
export interface Watched {
  /** Folders in which traces, runs, jobs, policies and intents are. */
  readonly folders: readonly string[];
  /** Folders of traces, which are among them. */
  readonly traceFolders: readonly string[];
  readonly index: TraceIndex;
  readonly unwritten: Pick<UnwrittenTraces, "add" | "look">;
  /** Forget which other files there are. */
  readonly forget: () => void;
}

/** Changes within this time are reported together, in milliseconds. */
const GATHER = 300;

/** How long to wait before folders are searched again, or watched again when one came or went or they can't be watched. */
const RETRY = 500;

/** Searching all folders takes no more of the time than a quarter, nor does looking at all traces. */
const REST = 3;

/** So many traces since the last search are worth another one: some may have been lost. */
const MANY = 200;

/** Journals are looked at when nothing was written to one for so long: a stream that still runs writes its files by then. */
const JOURNAL_REST = 2_000;

/** How often an open page is sent a sign of life. */
const HEARTBEAT = 15_000;

/** Files that the gate writes along with traces: they are read with their trace only. */
const COMPANION = /^(?:approval_audit|credential_evidence)_.*\.json$/is;

/** Watch the folders of the page. New traces are read as they come; nothing is listed again for them. */
export function watchWorkspace(
  { effects, options }: Pick<UiContext, "effects" | "options">,
  { folders, traceFolders, index, unwritten, forget }: Watched,
): Live {
  const { files } = effects;
  const known = folders.map((folder) => `${cleanPath(folder)}/`);
  const withTraces = traceFolders.map((folder) => cleanPath(folder));
  const stopped = new AbortController();
  const listeners = new Set<(topic: Topic) => void>();
  const notice = (topic: Topic) => listeners.forEach((listen) => listen(topic));
  const noticeAll = () => {
    forget();
    TOPICS.forEach(notice);
  };

  async function watch(): Promise<void> {
    const watchFolders = await effects.watch();
    for (let isFirst = true; !stopped.signal.aborted; isFirst = false) {
      const { watched, named } = await planWatching(folders, files);
      const again = new AbortController();
      const end = () => again.abort();
      stopped.signal.addEventListener("abort", end, { once: true });
      const changes = watchFolders(watched, again.signal)[Symbol.asyncIterator]();
      // Watched before it is searched: what comes in between is found twice rather than never.
      let next = changes.next();
      next.catch(() => {}); // awaited below
      const started = effects.now();
      let took = 0;
      try {
        await index.rescan();
        took = effects.now() - started;
        if (!isFirst) noticeAll();
        lookAtJournals();
        for (let change = await next; !change.done; change = await next) {
          next = changes.next();
          next.catch(() => {});
          const changed = change.value.paths.map(named);
          take({ paths: changed, lost: change.value.lost });
          // A folder that came, went or was replaced has to be watched anew.
          if (changed.some(isAbove)) break;
        }
      } catch (error) {
        if (!(error instanceof GaitError)) throw error; // it can't be watched: look again from time to time
      } finally {
        stopped.signal.removeEventListener("abort", end);
        again.abort();
      }
      await pause(Math.max(RETRY, took * REST), stopped.signal);
    }
  }

  /** Whether a path is one of the folders, or a folder that one of them is in. */
  function isAbove(path: string): boolean {
    return path !== "." && known.some((folder) => folder.startsWith(`${path}/`));
  }

  function take({ paths, lost }: FolderChanges): void {
    if (lost) searchAgain();
    const traces = paths.filter((path) => TRACE_NAME.test(baseName(path)) && isListed(path));
    if (traces.length > 0) {
      index.update(traces);
      reported += traces.length;
      if (reported >= MANY) findNew();
    }
    const journals = paths.map(journalFolderOf).filter((folder) =>
      folder !== undefined && isListed(joinPath(folder, "../trace_.json"))
    ) as string[];
    if (journals.length > 0) {
      unwritten.add([...new Set(journals)]);
      lookAtJournals();
    }
    if (paths.some((path) => path.startsWith(`${cleanPath(options.jobRoot)}/`))) notice("jobs");
    if (paths.includes("regress_result.json")) notice("regressions");
    for (const path of paths) {
      const name = baseName(path);
      if (name.startsWith(".") || isSkipped(path) || TRACE_NAME.test(name) || COMPANION.test(name)) continue;
      const isRun = RUN_NAME.test(name);
      if (isRun || INTENT_NAME.test(name) || POLICY_NAME.test(name)) {
        forget();
        notice(isRun ? "runs" : "policies");
      } else if (!/\.(?:json|ya?ml|zip)$/i.test(name)) void takeFolder(path);
    }
  }

  /** What is in a folder that is new was perhaps written before the system began to watch it. */
  async function takeFolder(path: string): Promise<void> {
    const kind = (await files.stat(path).catch(() => undefined))?.kind;
    if (kind === "folder" && path !== ".") {
      forget();
      // Any other folder is not searched: it may hold anything.
      if (isListed(`${path}/trace_.json`)) {
        const { paths } = await searchFiles([path], TRACE_NAME, files);
        if (paths.length > 0) index.update(paths);
      }
      notice("runs");
      notice("policies");
    } else if (kind === undefined && !baseName(path).includes(".")) searchAgain(); // it may have been a folder
  }

  let looking: Promise<void> | undefined;
  let wrote = 0;

  /** Look at the journals once nothing was written to them for a while, and the traces are read. */
  function lookAtJournals(): void {
    wrote++;
    looking ??= (async () => {
      for (let seen = 0; seen !== wrote && !stopped.signal.aborted;) {
        seen = wrote;
        await pause(JOURNAL_REST, stopped.signal);
        if (seen !== wrote) continue;
        await index.idle();
        if (await unwritten.look()) notice("traces");
      }
      looking = undefined;
    })();
  }

  /** Since the last search began: how many traces were reported, and whether changes of any file may be lost. */
  let reported = 0;
  let hasLost = false;

  const findNew = paced(async () => {
    const wasLost = hasLost;
    reported = 0;
    hasLost = false;
    const hasMissed = await index.findNew();
    if (wasLost || hasMissed) {
      noticeAll();
      lookAtJournals();
    }
    // Until nothing more comes: while many files are written, more changes are lost than the system reports.
    if (hasMissed || reported > 0) findNew();
  });

  const lookAtKnown = paced(() => index.lookAtKnown());

  /** Find what was lost: files that came or went by the names alone, so that they show soon, and changed ones later. */
  function searchAgain(): void {
    hasLost = true;
    findNew();
    lookAtKnown();
  }

  /**
   * Work that may be asked for much more often than it can be done: it is done once for all that asked before it
   * began, and its rest grows with the time it took.
   */
  function paced(work: () => Promise<void>): () => void {
    let working: Promise<void> | undefined;
    let isAsked = false;
    return () => {
      isAsked = true;
      working ??= (async () => {
        while (isAsked && !stopped.signal.aborted) {
          isAsked = false;
          const started = effects.now();
          await work();
          await pause(Math.max(RETRY, (effects.now() - started) * REST), stopped.signal);
        }
        working = undefined;
      })();
    };
  }

  /** A file in a subfolder of the working folder counts only if that folder is one of ours. */
  function isListed(path: string): boolean {
    return !isSkipped(path) &&
      withTraces.some((folder) => folder === "." ? !path.includes("/") : path.startsWith(`${folder}/`));
  }

  void watch();
  return {
    notice,
    stop: () => stopped.abort(),
    async *topics(ended) {
      const seen = new Set<Topic>();
      let wake = () => {};
      const listen = (topic: Topic) => {
        seen.add(topic);
        wake();
      };
      listeners.add(listen);
      ended.addEventListener("abort", () => wake(), { once: true });
      try {
        while (!ended.aborted) {
          if (seen.size === 0) {
            const woken = new Promise<void>((resolve) => wake = resolve);
            await Promise.race([woken, pause(HEARTBEAT, ended)]);
          }
          if (seen.size > 0) await pause(GATHER, ended);
          const reported = [...seen];
          // Cleared before it is sent: what is noticed while it is sent is the next report.
          seen.clear();
          yield reported;
        }
      } finally {
        listeners.delete(listen);
      }
    },
  };
}

/** The folder of journals that a path is in, or is. */
function journalFolderOf(path: string): string | undefined {
  const at = `/${path}/`.indexOf(`/${JOURNAL_FOLDER}/`);
  return at < 0 ? undefined : path.slice(0, at + JOURNAL_FOLDER.length);
}

function pause(milliseconds: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    ended.addEventListener("abort", done, { once: true });
    if (ended.aborted) done();
  });
}

/** Folders of traces as the user named them, or the usual ones. */
export function traceFolders(given: readonly string[]): readonly string[] {
  return given.length > 0 ? given : [".", "gait-out"];
}
