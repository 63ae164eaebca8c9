/// <reference lib="dom" />
import { useEffect, useRef, useState } from "preact/hooks";
import { RowWindows, WINDOW } from "../parts/row_windows.ts";
import { ask } from "../session/api.ts";
import { onTopics } from "../session/events.ts";
import type { Row } from "./trace_row.ts";

/** What the server found, without the rows. */
export interface Found {
  readonly total: number;
  readonly pending: number;
  readonly matched: number;
  /** Whether the folders have more traces than the server reads. */
  readonly cut?: true;
  /** Decisions that are only in the journal of a stream. */
  readonly unwritten?: number;
  /** Journals that can't be read. */
  readonly damaged_journals?: readonly string[];
  readonly verdicts: Readonly<Record<string, number>>;
}

/** A search among the traces, whose rows come as they are needed. */
export interface TraceList {
  readonly found: Found | undefined;
  readonly error: Error | undefined;
  /** Whether what is found is still that of the query before. */
  readonly isOutdated: boolean;
  readonly rows: RowWindows<Row>;
  /** These rows are in sight. */
  readonly show: (first: number, last: number) => void;
  readonly refresh: () => void;
}

/** Search, again whenever the query changes, and whenever something was decided. */
export function useTraces(query: Readonly<Record<string, string>>): TraceList {
  const [found, setFound] = useState<Found | undefined>();
  const [error, setError] = useState<Error | undefined>();
  const [of, setOf] = useState("");
  const [, redraw] = useState(0);
  const question = JSON.stringify(query);
  const rows = useRef(new RowWindows<Row>()).current;
  const range = useRef<readonly [first: number, last: number]>([0, 0]);
  /** Counts the queries: an answer to an older one is dropped. */
  const round = useRef(0);
  const isAsking = useRef(false);
  const isStale = useRef(false);

  const load = async (window: number) => {
    const mine = round.current;
    try {
      const { rows: came, ...answer } = await ask("traces", {
        ...query,
        offset: window * WINDOW,
        limit: WINDOW,
      });
      if (mine !== round.current) return;
      rows.put(window, came);
      setError(undefined);
      setFound(answer);
      setOf(question);
      redraw((n) => n + 1);
    } catch (failed) {
      if (mine === round.current) setError(failed as Error);
    }
  };
  /** What changes while an answer is on its way is asked for after it: under a steady stream none would arrive else. */
  const refresh = async () => {
    isStale.current = isAsking.current;
    if (isAsking.current) return;
    isAsking.current = true;
    const mine = round.current;
    rows.outdate();
    const [first, last] = range.current;
    await Promise.all([...new Set([...rows.missing(0, 1), ...rows.missing(first, last)])].map(load));
    if (mine !== round.current) return;
    isAsking.current = false;
    if (isStale.current) void refresh();
  };
  useEffect(() => {
    round.current++;
    isAsking.current = false;
    rows.clear();
    range.current = [0, 0];
    void refresh();
    return onTopics((topics) => {
      if (topics.includes("traces") || topics.includes("server")) void refresh();
    });
  }, [question]);
  return {
    found,
    error,
    isOutdated: error === undefined && of !== question,
    rows,
    show(first, last) {
      range.current = [first, last];
      for (const window of rows.missing(first, last)) void load(window);
    },
    refresh: () => void refresh(),
  };
}
