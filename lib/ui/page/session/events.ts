/// <reference lib="dom" />
import { headers } from "./api.ts";

/** How the page stands with its server. */
export type Connection = "connecting" | "live" | "lost" | "refused";

/** What changed. */
export type Topic = "traces" | "runs" | "jobs" | "policies" | "regressions" | "server";

const topicListeners = new Set<(topics: readonly Topic[]) => void>();
const connectionListeners = new Set<(connection: Connection) => void>();
let connection: Connection = "connecting";

/** Milliseconds between attempts to reach a server that is gone. */
const RETRY = 1_000;

/** Listen for changes; gives a function that ends it. */
export function onTopics(listen: (topics: readonly Topic[]) => void): () => void {
  topicListeners.add(listen);
  return () => void topicListeners.delete(listen);
}

/** Listen for the connection; called at once with what it is. */
export function onConnection(listen: (connection: Connection) => void): () => void {
  connectionListeners.add(listen);
  listen(connection);
  return () => void connectionListeners.delete(listen);
}

function become(next: Connection): void {
  if (next === connection) return;
  const wasGone = connection === "lost" || connection === "refused";
  connection = next;
  for (const listen of connectionListeners) listen(next);
  if (next === "live" && wasGone) report(["server"]);
}

function report(topics: readonly Topic[]): void {
  if (topics.length > 0) { for (const listen of topicListeners) listen(topics); }
}

let running: AbortController | undefined;

/** Listen to the server, for as long as the page is open; a second call begins again, with another token. */
export function connect(): void {
  running?.abort();
  running = new AbortController();
  void keepListening(running.signal);
}

async function keepListening(ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    try {
      const answer = await fetch("/api/events", { headers: headers(), signal: ended });
      if (answer.status === 401) {
        become("refused");
        return;
      }
      if (answer.ok && answer.body) await readLines(answer.body);
    } catch {
      // The server is gone; below it is tried again.
    }
    if (ended.aborted) return;
    become("lost");
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

async function readLines(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      become("live");
      report(JSON.parse(line).topics);
    }
  }
}
