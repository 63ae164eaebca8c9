/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";

/** Where the reader is: a view and its parameters, in the fragment, which no server sees. */
export interface Route {
  readonly view: string;
  /** The parameters as text. */
  readonly query: string;
  readonly params: URLSearchParams;
  /** Go to a view; empty parameters are left out. The same view replaces its entry in the history. */
  go(view: string, params?: Readonly<Record<string, string>>): void;
}

function read(): Omit<Route, "go"> {
  const [path = "", ...rest] = location.hash.split("?");
  const view = path.startsWith("#/") ? path.slice(2) : "";
  const query = rest.join("?");
  return { view, query, params: new URLSearchParams(query) };
}

/** The fragment of a view. */
export function addressOf(view: string, params: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== "")).toString();
  return `#/${view}${query === "" ? "" : `?${query}`}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const onChange = () => setRoute(read());
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return {
    ...route,
    go(view, params) {
      const address = addressOf(view, params);
      if (view === route.view) {
        history.replaceState(null, "", address);
        setRoute(read());
      } else location.hash = address;
    },
  };
}
