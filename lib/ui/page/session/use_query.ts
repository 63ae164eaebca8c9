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
 * Ask the server, and again whenever the question changes or something is reported that it is about.
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
  const question = path === undefined ? "" : `${path} ${JSON.stringify(body)}`;
  const asked = useRef("");
  useEffect(() => {
    if (path === undefined) return;
    const ended = new AbortController();
    const isOther = asked.current !== question;
    asked.current = question;
    setState(({ data }) => ({ data: isOther ? undefined : data, error: undefined, loading: true }));
    ask(path, body, ended.signal).then(
      (data) => !ended.signal.aborted && setState({ data, error: undefined, loading: false }),
      (error) => !ended.signal.aborted && setState({ data: undefined, error, loading: false }),
    );
    return () => ended.abort();
  }, [question, round]);
  const wanted = [...topics, "server"].join();
  useEffect(() =>
    onTopics((changed) => {
      if (changed.some((topic) => wanted.split(",").includes(topic))) setRound((n) => n + 1);
    }), [wanted]);
  return { ...state, reload: () => setRound((n) => n + 1) };
}
