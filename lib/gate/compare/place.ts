import { inferEndpointDomain } from "../intent/endpoint_domain.ts";
import type { Target } from "../intent/types.ts";
import { hostOfHost, hostOfUrl, type HostReadings } from "./host.ts";
import { foldPath, isFileUrl, pathReadings, resolvedReadings } from "./path.ts";

/** Where a target is, as lists compare it. */
export interface Place {
  readonly target: Target;
  /** Set when the target leads into the network. */
  readonly domain?: Domain;
  /** Set when the target is a path. */
  readonly path?: FilePath;
}

/** The host that a target leads to. */
export interface Domain {
  /** `undefined` when no host can be taken from the target for certain. */
  readonly readings: HostReadings | undefined;
  /** The claimed domain is not that of the value. */
  readonly contradicted: boolean;
}

/** The file that a target is. */
export interface FilePath {
  /** `undefined` when the path can't be read for certain. */
  readonly readings: readonly string[] | undefined;
  /** What a relative path may lead to; only deny lists look at it. */
  readonly resolved: readonly string[];
  /** All of them as lenient file systems compare them; worked out when first asked for. */
  readonly folded: readonly string[];
}

/** Work out where a target is; relative paths start at the workspace. */
export function placeOf(target: Target, workspace: string): Place {
  const domain = domainOf(target);
  const path = pathOf(target, workspace);
  return { target, ...(domain ? { domain } : {}), ...(path ? { path } : {}) };
}

function domainOf({ kind, value, endpointDomain }: Target): Domain | undefined {
  const isNetwork = kind === "url" || kind === "host";
  if (!isNetwork && endpointDomain === "" && !isNetworkUrl(value)) return undefined;
  const claimed = endpointDomain !== "" && endpointDomain !== inferEndpointDomain(kind, value);
  if (!isNetwork && !isNetworkUrl(value)) {
    return { readings: hostOfHost(endpointDomain), contradicted: false };
  }
  const own = kind === "host" ? hostOfHost(value) : hostOfUrl(value);
  if (!claimed) return { readings: own, contradicted: false };
  // Whoever opens the target goes by its value, so the claim never counts alone.
  const claim = hostOfHost(endpointDomain);
  const contradicted = own !== undefined && String(own.hosts) !== String(claim?.hosts);
  return { readings: contradicted && claim ? both(own, claim) : own, contradicted };
}

/** A URL in a target of another kind, e.g. of a repository, leads to its host all the same. */
function isNetworkUrl(value: string): boolean {
  return /^(?:https?|wss?|ftps?|ssh|git):[/\\]/i.test(value);
}

function both(own: HostReadings, claim: HostReadings): HostReadings {
  return { hosts: [...own.hosts, ...claim.hosts], aliases: [...own.aliases, ...claim.aliases] };
}

function pathOf({ kind, value }: Target, workspace: string): FilePath | undefined {
  if (kind !== "path" && !isFileUrl(value)) return undefined;
  const readings = pathReadings(value);
  const resolved = readings ? resolvedReadings(value, readings, workspace) : [];
  let folded: readonly string[] | undefined;
  return {
    readings,
    resolved,
    get folded() {
      return folded ??= [...new Set([...readings ?? [], ...resolved].map(foldPath))];
    },
  };
}
