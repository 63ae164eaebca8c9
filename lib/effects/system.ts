import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { makeFiles } from "./files.ts";
import type { Effects } from "./types.ts";

/**
 * The real effects of this process.
 *
 * @param ownsProcess whether to handle signals that end the process, as the executable does; a program that uses the
 * library handles its own
 * @param options `home` is the home folder of the user; passed, even as `undefined`, by callers without permission to read
 * the environment
 */
export function systemEffects(
  options: { readonly ownsProcess?: boolean; readonly home?: string | undefined } = {},
): Effects {
  const { ownsProcess = false } = options;
  const home = Object.hasOwn(options, "home") ? options.home : Deno.env.get("HOME") || undefined;
  let serves = false;
  // A serving process first finishes accepted requests; only SIGHUP ends it at once.
  const endsAt = async () =>
    (await import("./signals.ts")).ENDING.filter((signal) => ownsProcess && (!serves || signal === "SIGHUP"));
  return {
    files: makeFiles(),
    journals: async () => (await import("./journals.ts")).makeJournals(),
    threadedJournals: async () => (await import("./journal_thread.ts")).threadedJournals(),
    env: { get: variable },
    now: Date.now,
    after(milliseconds, action) {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
    longRun: async () => (await import("./long_run.ts")).prepareLongRun(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    runChild: async (request) => (await import("./child.ts")).runChild(request, await endsAt()),
    runBounded: async (request) => (await import("./bounded_child.ts")).runBounded(request, await endsAt()),
    launch: async (request) => (await import("./launch.ts")).launch(request),
    permissions: async () => (await import("./permission_probe.ts")).PERMISSION_PROBE,
    http: async () => (await import("./http_client.ts")).makeHttp(),
    startPiped: async (request) => (await import("./piped_child.ts")).startPiped(request),
    supervision: async () => (await import("./supervision.ts")).supervision,
    watch: async () => (await import("./watch.ts")).watchFolders,
    readStdin,
    async stdio({ asSockets = false } = {}) {
      serves = true;
      const sockets = asSockets ? await import("./stdio_sockets.ts") : undefined;
      return (await import("./stdio.ts")).openStdio(sockets);
    },
    async listen(options, answer) {
      serves = true;
      return await (await import("./http_server.ts")).listen(options, answer);
    },
    async listenUnix(options, serve) {
      serves = true;
      return await (await import("./unix_server.ts")).listenUnix(options, serve);
    },
    showProgress: Deno.stderr.isTerminal() ? showProgress : undefined,
    showOnTerminal: Deno.stderr.isTerminal() ? showText : undefined,
    isTerminal: () => Deno.stdin.isTerminal(),
    ask: async (text) => await (await import("./ask.ts")).ask(text),
    home,
    executable,
    os: Deno.build.os,
    arch: ARCH[Deno.build.arch] ?? Deno.build.arch,
  };
}

const ARCH: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** A variable of the environment. Names come from flags and policies, too: the runtime throws at one that can't exist. */
function variable(name: string): string | undefined {
  return name === "" || /[=\0]/.test(name) ? undefined : Deno.env.get(name);
}

function executable(): string {
  const launcher = /^file:\/\/(.*)\/dist\/main\.js$/.exec(Deno.mainModule)?.[1];
  return launcher === undefined ? Deno.execPath() : `${decodeURIComponent(launcher)}/bin/gait`;
}

function showText(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Overwrite the current line of standard error; an empty text clears it. */
function showProgress(text: string): void {
  showText(`\r\x1b[K${text}`);
}

async function readStdin(limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of Deno.stdin.readable) {
    size += part.length;
    if (size > limit) throw invalidInput(`Cannot read standard input: it is larger than ${limit} bytes`);
    parts.push(part);
  }
  return concat(parts);
}
