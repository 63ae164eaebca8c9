/// <reference lib="dom" />
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./api.ts";
import { onTopics, type Topic } from "./events.ts";
import type { Answer } from "./answer.ts";

/** An answer, or why there is none. A newer question leaves the older answer until its own is there. */
export interface Query {
  readonly data: Answer;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Ask the server, and again whenever the question changes or something is reported that it is about. What is reported while
 * an answer is on its way is asked for after it, and after as long a rest: under a steady stream of changes no answer would
 * arrive else, and one that takes long would occupy the server.
 *
 * @param path `undefined` asks nothing
 */
export function useQuery(path: string | undefined, body: unknown = {}, topics: readonly Topic[] = []): Query {
  const [state, setState] = useState<Omit<Query, "reload">>({
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const reload = () => setRound((n) => n + 1);
  const question = path === undefined ? "" : `${path} ${JSON.stringify(body)}`;
  const asked = useRef("");
  const isBusy = useRef(false);
  const isStale = useRef(false);
  useEffect(() => {
    if (path === undefined) return;
    const ended = new AbortController();
    const isOther = asked.current !== question;
    asked.current = question;
    isBusy.current = true;
    isStale.current = false;
    setState(({ data }) => ({ data: isOther ? undefined : data, error: undefined, loading: true }));
    const started = performance.now();
    let resting: ReturnType<typeof setTimeout> | undefined;
    const answered = (next: Omit<Query, "reload">) => {
      if (ended.signal.aborted) return;
      setState(next);
      resting = setTimeout(() => {
        isBusy.current = false;
        if (isStale.current) reload();
      }, performance.now() - started);
    };
    ask(path, body, ended.signal).then(
      (data) => answered({ data, error: undefined, loading: false }),
      (error) => answered({ data: undefined, error, loading: false }),
    );
    return () => {
      ended.abort();
      clearTimeout(resting);
    };
  }, [question, round]);
  const wanted = [...topics, "server"].join();
  useEffect(() =>
    onTopics((changed) => {
      if (!changed.some((topic) => wanted.split(",").includes(topic))) return;
      if (isBusy.current) isStale.current = true;
      else reload();
    }), [wanted]);
  return { ...state, reload };
}
