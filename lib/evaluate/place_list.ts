import { hostOfHost } from "./compare/host.ts";
import { foldPath, pathReadings } from "./compare/path.ts";
import type { Place } from "./compare/place.ts";

/** Whether a target is one of some places, however it is spelled; for rules that guard them. */
export function compilePlaces(values: readonly string[]): (place: Place) => boolean {
  const paths = new Set(values.flatMap((value) => pathReadings(value) ?? []).map(foldPath));
  const hosts = new Set(values.flatMap((value) => hostOfHost(value)?.hosts ?? []));
  return ({ target, path, domain }) => {
    if (path?.folded.some((one) => paths.has(one))) return true;
    return target.kind === "host" && (domain?.readings?.hosts.some((host) => hosts.has(host)) ?? false);
  };
}
