import { inferEndpointDomain, urlHost } from "../../intent/url_host.ts";
import type { Target } from "../../intent/types.ts";
import { trimLower } from "../../formats/text.ts";
import { hostInUrl, hostOfHost, type HostReadings } from "./host.ts";
import {
  asParsersSee,
  foldPath,
  isAbsolute,
  isFileUrl,
  isFromVariable,
  leadsToFile,
  pathReadings,
  resolvedReadings,
  withoutStreams,
} from "./path.ts";

/** The location of a target, for comparison with lists. */
export interface Place {
  readonly target: Target;
  /** Set for a network target. */
  readonly domain?: Domain;
  /** Set for a path. */
  readonly path?: FilePath;
  /** Set for what a program may take for a path although its kind is another; used only by deny lists. */
  readonly pathToSome?: FilePath;
  /** Set for a target of kind `url`. */
  readonly url?: Url;
}

/** The host of a target. */
export interface Domain {
  /** `undefined` if the host is ambiguous. */
  readonly readings: HostReadings | undefined;
  /** Whether the claimed domain differs from that of the value. */
  readonly contradicted: boolean;
  /** Whether the domain is only claimed, because the value contains no host. */
  readonly claimedOnly: boolean;
}

/** The path of a target. */
export class FilePath {
  /** `undefined` if the path is ambiguous. */
  readonly readings: readonly string[] | undefined;
  readonly #path: string;
  readonly #workspace: string;
  #resolved: readonly string[] | undefined;
  #folded: readonly string[] | undefined;

  constructor(path: string, workspace: string) {
    this.#path = path;
    this.#workspace = workspace;
    this.readings = pathReadings(path);
  }

  /** What else it may lead to; used only by deny lists, and computed lazily. */
  get resolved(): readonly string[] {
    return this.#resolved ??= this.readings
      ? resolvedReadings(this.#path, this.readings, this.#workspace)
      : [];
  }

  /** All readings, folded as lenient file systems do; computed lazily. */
  get folded(): readonly string[] {
    const paths = [...this.readings ?? [], ...this.resolved];
    return this.#folded ??= [...new Set([...paths, ...paths.map(withoutStreams)].map(foldPath))];
  }
}

/** The URL of a target. */
class Url {
  #normal: { readonly text: string | undefined } | undefined;

  constructor(readonly value: string) {}

  /** Its normal form; computed lazily. */
  get normal(): string | undefined {
    return (this.#normal ??= { text: normalUrl(this.value) }).text;
  }
}

/** Locate a target; relative paths are resolved against the workspace. */
export function placeOf(target: Target, workspace: string): Place {
  const domain = domainOf(target);
  const path = pathOf(target, workspace);
  const pathToSome = path ? undefined : pathToSomeOf(target, workspace);
  const url = target.kind === "url" ? new Url(target.value) : undefined;
  return {
    target,
    ...(domain ? { domain } : {}),
    ...(path ? { path } : {}),
    ...(pathToSome ? { pathToSome } : {}),
    ...(url ? { url } : {}),
  };
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
 * Combine the domain of a value with the claimed one. A client uses the value, so the claim is never trusted alone.
 *
 * @param inferred the domain inferred in the absence of a claim
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

/**
 * A path in a target of another kind: a tool that takes an address often takes a path as well, and a repository may be a
 * folder. A command line (`other`) is none, and two slashes begin a host.
 */
function pathToSomeOf({ kind, value }: Target, workspace: string): FilePath | undefined {
  if (leadsToFile(value)) return new FilePath(value, workspace);
  if (kind === "host" || kind === "other") return undefined;
  const text = asParsersSee(value);
  const isPath = !/^[/\\]{2}/.test(text) &&
    (isAbsolute(text) || isFromVariable(text) || /^(?:\\|\.{1,2}[/\\])/.test(text));
  return isPath ? new FilePath(text, workspace) : undefined;
}

/** A test whether a target is one of some locations in any spelling, for restricting rules. */
export function compilePlaces(values: readonly string[]): (place: Place) => boolean {
  const paths = new Set(values.flatMap((value) => pathReadings(value) ?? []).map(foldPath));
  const hosts = new Set(values.flatMap((value) => hostOfHost(value)?.hosts ?? []));
  const urls = new Set(values.flatMap((value) => normalUrl(value) ?? []));
  return ({ target, path, pathToSome, domain, url }) => {
    if ((path ?? pathToSome)?.folded.some((one) => paths.has(one))) return true;
    if (url?.normal !== undefined && urls.has(url.normal)) return true;
    return target.kind === "host" && (domain?.readings?.hosts.some((host) => hosts.has(host)) ?? false);
  };
}

/** A URL without what changes nothing of what is fetched: user, fragment, default port, escapes of plain characters. */
function normalUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  const place = url.pathname + url.search;
  const unescaped = place.replace(
    /%([0-9a-f]{2})/gi,
    (escape, code) => {
      const letter = String.fromCharCode(parseInt(code, 16));
      return /[A-Za-z0-9._~-]/.test(letter) ? letter : escape.toUpperCase();
    },
  );
  return `${url.protocol}//${url.host.replace(/\.(?=$|:)/, "")}${unescaped}`;
}

/*
 * Finds hosts in targets of other kinds than `url` and `host`: a repository, a queue, a table, or `other`. Otherwise
 * a call could evade domain lists just by the kind of its target (docs/spec/gate.md 3.3.3, "Hosts").
 */

/** Protocols whose URLs contain the host to connect to. */
const SCHEMES =
  "https?|wss?|ftps?|sftp|ssh|scp|git|svn|hg|bzr|rsync|tftp|ldaps?|gopher|telnet|dict|rtsps?|smb|cifs|nfs|afp|" +
  "tcp[46]?|udp[46]?|tls|ssl|socks[45][ah]?|smtps?|imaps?|pop3s?|mysqlx?|mariadb|postgres(?:ql)?|rediss?|" +
  "mongodb|amqps?|mqtts?|nats|kafka|stomp|grpcs?|sqlserver|clickhouse|cassandra|memcached?|zookeeper|ircs?|xmpp|" +
  "webdavs?|davs?|vnc|rdp|docker|oci|bolt|neo4j|couchdbs?|pulsar|influxdb|ipps?|sips?|stuns?|turns?|rtmps?|srt|" +
  "gemini|finger|nntps?|syslog|snmp|feed|webcal|opc[.]tcp|etcd|consul|vault|activemq|rabbitmq|beanstalk|arangodb|" +
  "cockroachdb|snowflake|redshift|trino|presto|hive2?|impala|db2|oracle|firebird|vertica|sybase|tds|iscsi|ceph|hdfs";

/** `git+ssh://`, `mongodb+srv://`, `jdbc:mysql://` and `git::https://` are URLs of these, too. */
// deno-lint-ignore gait/linear-regex -- bound to the start, and every repetition has a limit
const WITH_SLASH = new RegExp(
  `^(?:[a-z0-9.-]{1,20}(?:[+:]|::)){0,2}(?:${SCHEMES})(?:[+][a-z0-9]{1,20})?:[/\\\\]`,
  "i",
);
/** Programs that Git starts with an address, and databases of Java on other machines, in whatever form they take it. */
const OTHER_FORMS = /^(?:ext::|jdbc:(?!sqlite:|duckdb:|derby:|hsqldb:|h2:(?:file|mem|[~.\/])))/i;
/** For these protocols clients add missing slashes. */
const WITHOUT_SLASH = /^(?:https?|wss?):/i;

/** Whether the value of a target of this kind is a URL with a host, even a malformed one. */
export function isNetworkUrl(kind: string, value: string): boolean {
  const text = asParsersSee(value);
  // The path `//srv/a` is `/srv/a`; in other kinds a host follows two slashes.
  return WITH_SLASH.test(text) || WITHOUT_SLASH.test(text) || OTHER_FORMS.test(text) ||
    (kind !== "path" && /^[/\\]{2}[^/\\]/.test(text));
}

/** The host of `user@host:path`, as Git, scp and rsync parse it. */
export function scpHost(kind: string, value: string): string | undefined {
  return kind === "path" ? undefined : /^[^\s/:@]{1,255}@([^\s/:@]{1,255}):/.exec(value)?.[1];
}
