import type { ChildResult, Effects } from "../../lib/effects/mod.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { type MemoryFiles, memoryFiles } from "./memory_files.ts";

/** Effects without a system behind them. */
export type FakeEffects = Effects & { readonly files: MemoryFiles };

/** 2026-01-02T03:04:05Z in milliseconds. */
export const FAKE_NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Make effects: files in memory, a clock that stands still, bytes that count up, no program to start. */
export function fakeEffects(
  { env = {}, ...parts }: Partial<Omit<FakeEffects, "env">> & { env?: Readonly<Record<string, string>> } = {},
): FakeEffects {
  let drawn = 0;
  return {
    files: memoryFiles(),
    env: { get: (name) => Object.hasOwn(env, name) ? env[name] : undefined },
    now: () => FAKE_NOW,
    longRun: () => Promise.resolve(() => {}),
    random: (length) => Uint8Array.from({ length }, () => drawn++),
    runChild: () => Promise.reject(new Error("fake effects start no program")),
    runBounded: () => Promise.reject(new Error("fake effects start no program")),
    after: () => () => {},
    startPiped: () => Promise.reject(new Error("fake effects start no program")),
    launch: () => Promise.resolve(false),
    permissions: () => Promise.reject(new Error("fake effects have no permissions")),
    http: () => Promise.reject(new Error("fake effects reach no network")),
    supervision: () => Promise.reject(new Error("fake effects supervise no program")),
    watch: () => Promise.reject(new Error("fake effects watch no folder")),
    readStdin: () => Promise.resolve(new Uint8Array()),
    journals: () => Promise.reject(new Error("fake effects have no journals")),
    threadedJournals: () => Promise.reject(new Error("fake effects have no threads")),
    stdio: () => Promise.reject(new Error("fake effects have no streams")),
    listen: () => Promise.reject(new Error("fake effects have no network")),
    listenUnix: () => Promise.reject(new Error("fake effects have no network")),
    isTerminal: () => false,
    ask: () => Promise.reject(new Error("nobody sits at a fake terminal")),
    home: "/home/fake",
    executable: () => "/opt/gait/bin/gait",
    os: "linux",
    arch: "amd64",
    ...parts,
  };
}

/** What a child process left that ended well, with this on its standard output. */
export function endedChild(stdout: string, given: Partial<ChildResult> = {}): ChildResult {
  const output = utf8(stdout);
  return {
    code: 0,
    signal: undefined,
    timedOut: false,
    output,
    stdout: output,
    size: output.length,
    ...given,
  };
}
