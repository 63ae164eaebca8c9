import { inferEndpointDomain, urlHost } from "../../intent/url_host.ts";
import type { Target } from "../../intent/types.ts";
import { trimLower } from "../../formats/text.ts";
import { hostInUrl, hostOfHost, type HostReadings } from "./host.ts";
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
    return domain(hostInUrl(value, host), claim, trimLower(host ?? ""));
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

/** Whether a target is one of some places, however it is spelled; for rules that guard them. */
export function compilePlaces(values: readonly string[]): (place: Place) => boolean {
  const paths = new Set(values.flatMap((value) => pathReadings(value) ?? []).map(foldPath));
  const hosts = new Set(values.flatMap((value) => hostOfHost(value)?.hosts ?? []));
  return ({ target, path, domain }) => {
    if (path?.folded.some((one) => paths.has(one))) return true;
    return target.kind === "host" && (domain?.readings?.hosts.some((host) => hosts.has(host)) ?? false);
  };
}

/*
 * Hosts in the values of targets that are no `url` and no `host`: a repository, a queue, a table, whatever a caller
 * calls `other`. Else a call leaves the lists of domains behind by the name of its kind alone
 * (docs/spec/gate.md 3.3.3, "Hosts").
 */

/** Protocols of which a URL names the host that is connected to. */
const SCHEMES =
  "https?|wss?|ftps?|sftp|ssh|scp|git|svn|hg|bzr|rsync|tftp|ldaps?|gopher|telnet|dict|rtsps?|smb|cifs|nfs|afp|" +
  "tcp[46]?|udp[46]?|tls|ssl|socks[45][ah]?|smtps?|imaps?|pop3s?|mysqlx?|mariadb|postgres(?:ql)?|rediss?|" +
  "mongodb|amqps?|mqtts?|nats|kafka|stomp|grpcs?|sqlserver|clickhouse|cassandra|memcached?|zookeeper|ircs?|xmpp";

/** `git+ssh://`, `mongodb+srv://` and `jdbc:mysql://` are URLs of these, too. */
// deno-lint-ignore gait/linear-regex -- bound to the start, and every repetition has a limit
const WITH_SLASH = new RegExp(`^(?:[a-z0-9.-]{1,20}[+:])?(?:${SCHEMES})(?:[+][a-z0-9]{1,20})?:[/\\\\]`, "i");
/** For these every client adds the slashes that are missing. */
const WITHOUT_SLASH = /^(?:https?|wss?):/i;

/** Whether the value of a target of this kind is a URL that leads to a host; a bad one is one too. */
export function isNetworkUrl(kind: string, value: string): boolean {
  const text = asParsersSee(value);
  // The path `//srv/a` is `/srv/a`; elsewhere two slashes stand before a host.
  return WITH_SLASH.test(text) || WITHOUT_SLASH.test(text) ||
    (kind !== "path" && /^[/\\]{2}[^/\\]/.test(text));
}

/** The host of `user@host:path`, as Git, scp and rsync take it. */
export function scpHost(kind: string, value: string): string | undefined {
  return kind === "path" ? undefined : /^[^\s/:@]{1,255}@([^\s/:@]{1,255}):/.exec(value)?.[1];
}

/** Parsers of URLs skip blanks and controls in front, and tabs and line ends anywhere. */
function asParsersSee(value: string): string {
  // deno-lint-ignore no-control-regex -- that is what they skip
  return /[\x00-\x20]/.test(value) ? value.replace(/[\t\n\r]/g, "").replace(/^[\x00-\x20]+/, "") : value;
}
