import { GaitError } from "../errors/mod.ts";
import { baseName, cleanPath } from "../formats/path.ts";
import type { UiContext } from "./context.ts";
import { RUN_NAME } from "./runs/known_runs.ts";
import { TRACE_NAME, type TraceIndex } from "./traces/trace_index.ts";

/** What changed, for the views that show it. */
export type Topic = "traces" | "runs" | "jobs" | "regressions";

/** Changes of the folders, as they happen. */
export interface Live {
  /** Reports topics, at most a few times a second, until the signal. */
  topics(ended: AbortSignal): AsyncGenerator<readonly Topic[]>;
  /** Something was noticed elsewhere. */
  notice(topic: Topic): void;
  /** Stop watching. */
  stop(): void;
}

/** Changes within this time are reported together, in milliseconds. */
const GATHER = 300;

/** How long to wait before folders are watched again, when one came or went or they can't be watched. */
const RETRY = 500;

/** How often an open page is sent a sign of life. */
const HEARTBEAT = 15_000;

/** Watch the folders of the page. New traces are read as they come; nothing is listed again for them. */
export function watchWorkspace(
  { effects, options }: Pick<UiContext, "effects" | "options">,
  folders: readonly string[],
  index: TraceIndex,
): Live {
  const stopped = new AbortController();
  const listeners = new Set<(topic: Topic) => void>();
  const notice = (topic: Topic) => listeners.forEach((listen) => listen(topic));

  async function watch(): Promise<void> {
    const [root, watchFolders] = [await effects.files.realPath("."), await effects.watch()];
    const inside = (path: string) => path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
    for (let isFirst = true; !stopped.signal.aborted; isFirst = false) {
      const present = await presentFolders();
      const again = new AbortController();
      const end = () => again.abort();
      stopped.signal.addEventListener("abort", end, { once: true });
      const watched = present.map((path) => ({ path, recursive: path !== "." }));
      const changes = watchFolders(watched, again.signal)[Symbol.asyncIterator]();
      // Watched before it is searched: what comes in between is found twice rather than never.
      let next = changes.next();
      next.catch(() => {}); // awaited below
      try {
        await index.rescan();
        if (!isFirst) { for (const topic of TOPICS) notice(topic); }
        for (let change = await next; !change.done; change = await next) {
          next = changes.next();
          next.catch(() => {});
          const changed = change.value.map((path) => cleanPath(inside(path)));
          take(changed);
          // A folder that came, went or was replaced has to be watched anew.
          if (changed.some((path) => isAbove(path))) break;
        }
      } catch (error) {
        if (!(error instanceof GaitError)) throw error; // it can't be watched: look again from time to time
      } finally {
        stopped.signal.removeEventListener("abort", end);
        again.abort();
      }
      await pause(RETRY, stopped.signal);
    }
  }

  /** Whether a path is one of the folders, or a folder that one of them is in. */
  function isAbove(path: string): boolean {
    return path !== "." && folders.some((folder) => `${cleanPath(folder)}/`.startsWith(`${path}/`));
  }

  async function presentFolders(): Promise<string[]> {
    const found = ["."];
    for (const folder of folders) {
      const path = cleanPath(folder);
      if ((await effects.files.stat(path))?.kind === "folder" && !found.includes(path)) found.push(path);
    }
    return found;
  }

  function take(paths: readonly string[]): void {
    const traces = paths.filter((path) => TRACE_NAME.test(baseName(path)));
    if (traces.length > 0) index.update(traces.filter((path) => isListed(path)));
    if (paths.some((path) => RUN_NAME.test(baseName(path)))) notice("runs");
    if (paths.some((path) => path.startsWith(`${cleanPath(options.jobRoot)}/`))) notice("jobs");
    if (paths.includes("regress_result.json")) notice("regressions");
  }

  /** A file in a subfolder of the working folder counts only if that folder is one of ours. */
  function isListed(path: string): boolean {
    return folders.map((folder) => cleanPath(folder)).some((folder) =>
      folder === "." ? !path.includes("/") : path.startsWith(`${folder}/`)
    );
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
          yield [...seen];
          seen.clear();
        }
      } finally {
        listeners.delete(listen);
      }
    },
  };
}

const TOPICS: readonly Topic[] = ["traces", "runs", "jobs", "regressions"];

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
