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
