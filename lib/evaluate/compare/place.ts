import { inferEndpointDomain } from "../../intent/endpoint_domain.ts";
import type { Target } from "../../intent/types.ts";
import { urlHost } from "../../intent/url_host.ts";
import { trimLower } from "../../formats/text.ts";
import { hostInUrl, hostOfHost, type HostReadings } from "./host.ts";
import { isNetworkUrl, scpHost } from "./network_url.ts";
import { foldPath, isFileUrl, pathReadings, resolvedReadings, withoutStreams } from "./path.ts";

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
  /** The value says nothing about a host: all there is is what the caller claims. */
  readonly claimedOnly: boolean;
}

/** The file that a target is. */
export class FilePath {
  /** `undefined` when the path can't be read for certain. */
  readonly readings: readonly string[] | undefined;
  /** What a relative path may lead to; only deny lists look at it. */
  readonly resolved: readonly string[];
  #folded: readonly string[] | undefined;

  constructor(path: string, workspace: string) {
    this.readings = pathReadings(path);
    this.resolved = this.readings ? resolvedReadings(path, this.readings, workspace) : [];
  }

  /** All of them as lenient file systems compare them; worked out when first asked for. */
  get folded(): readonly string[] {
    const paths = [...this.readings ?? [], ...this.resolved];
    return this.#folded ??= [...new Set([...paths, ...paths.map(withoutStreams)].map(foldPath))];
  }
}

/** Work out where a target is; relative paths start at the workspace. */
export function placeOf(target: Target, workspace: string): Place {
  const domain = domainOf(target);
  const path = pathOf(target, workspace);
  return { target, ...(domain ? { domain } : {}), ...(path ? { path } : {}) };
}

function domainOf({ kind, value, endpointDomain: claim }: Target): Domain | undefined {
  if (kind === "host") return domain(hostOfHost(value), claim, inferEndpointDomain(kind, value));
  if (kind === "url" || isNetworkUrl(kind, value)) {
    const host = urlHost(value);
    return domain(hostInUrl(value, host), claim, trimLower(host));
  }
  const remote = scpHost(kind, value);
  if (remote !== undefined) return domain(hostOfHost(remote), claim, trimLower(remote));
  return claim === "" ? undefined : { readings: hostOfHost(claim), contradicted: false, claimedOnly: true };
}

/**
 * The domain by the value of a target and by what is claimed. Whoever opens the target goes by its value, so the claim
 * never counts alone.
 *
 * @param inferred what the claim is when there is none
 */
function domain(own: HostReadings | undefined, claim: string, inferred: string): Domain {
  const claimedOnly = false;
  if (!own || claim === "" || claim === inferred) return { readings: own, contradicted: false, claimedOnly };
  const claimed = hostOfHost(claim);
  const contradicted = String(own.hosts) !== String(claimed?.hosts);
  return { readings: contradicted && claimed ? both(own, claimed) : own, contradicted, claimedOnly };
}

function both(own: HostReadings, claim: HostReadings): HostReadings {
  return { hosts: [...own.hosts, ...claim.hosts], aliases: [...own.aliases, ...claim.aliases] };
}

function pathOf({ kind, value }: Target, workspace: string): FilePath | undefined {
  if (kind !== "path" && !isFileUrl(value)) return undefined;
  return new FilePath(value, workspace);
}
