import { invalidInput } from "../../errors/mod.ts";
import {
  applyEdits,
  type JsoncMember,
  type JsoncNode,
  memberOf,
  parseJsonc,
  plainValue,
  type TextEdit,
} from "../../formats/jsonc.ts";
import { suggest } from "../../formats/suggest.ts";
import {
  behindGait,
  isWrapped,
  runsGait,
  saysTheSame,
  serverOf,
  unwrappedEntry,
  wrapEntry,
  type WrapOptions,
} from "./entry.ts";

/** A configuration and the change of it. */
export interface ConfigurationChange {
  /** The changed text. */
  readonly text: string;
  /** The text without any gateway: what uninstalling gives. */
  readonly original: string;
  readonly changed: readonly ChangedServer[];
  /** Servers that are as they should be already. */
  readonly unchanged: readonly string[];
  /** Servers that were not changed, with why. */
  readonly left: readonly LeftServer[];
}

/** A server that is started otherwise. */
export interface ChangedServer {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** A server that is left alone. */
export interface LeftServer {
  readonly name: string;
  readonly why: string;
  /** Its calls are decided, by a Gait that the user set up. */
  readonly decided?: true;
}

/** A configuration as it stands. */
export interface Configuration {
  /** Named in errors. */
  readonly what: string;
  readonly text: string;
  /** The text before the gateway was installed, if it was. */
  readonly backup: string | undefined;
  /** The member with the servers. */
  readonly member: string;
}

/**
 * Put servers behind the gateway. A server that was put behind it before is wrapped as the options say now, so doing it
 * twice changes nothing; one that the user put behind Gait by hand stays as it is.
 *
 * @param only names of servers; all if there is none
 * @throws {GaitError} `invalid_input` when the configuration can't be read, or has no such server
 */
export function planInstall(
  configuration: Configuration,
  only: readonly string[],
  options: WrapOptions,
): ConfigurationChange {
  const { what, member, text } = configuration;
  const servers = serversOf(text, configuration, only);
  const restored = restore(configuration, [], "keep");
  const originals = new Map(serversOf(restored.text, configuration, []).map((one) => [one.name, one.node]));
  const gateNames = gateNamesOf([...originals.keys()]);
  const unknown = new Set(restored.left.map(({ name }) => name));
  const edits: TextEdit[] = [];
  const changed: ChangedServer[] = [];
  const unchanged: string[] = [];
  const left: LeftServer[] = [];
  for (const { name, node } of servers) {
    const wrapped = unknown.has(name)
      ? behindGait(node, "it is behind a gateway already, and what it was before is unknown")
      : wrapEntry(restored.text, originals.get(name)!, gateNames.get(name)!, options);
    if ("left" in wrapped) {
      left.push({ name, why: wrapped.left, ...(wrapped.decided ? { decided: true as const } : {}) });
    } else if (isSameValue(text.slice(node.start, node.end), wrapped.text)) unchanged.push(name);
    else {
      edits.push({ start: node.start, end: node.end, text: wrapped.text });
      changed.push({ name, before: wrapped.before, after: wrapped.after });
    }
  }
  const result = applyEdits(text, edits);
  // Whatever was written must be readable again, or the client would lose all of its servers.
  parseJsonc(result, `${what} with ${member} changed`);
  return { text: result, original: restored.text, changed, unchanged, left };
}

/**
 * Take servers out from behind the gateway. Each gets the very text that it had before, from the backup; without one,
 * or when it was edited since, command and arguments are rebuilt from what stands behind `--`.
 */
export function planUninstall(configuration: Configuration, only: readonly string[]): ConfigurationChange {
  return restore(configuration, only, "rebuild");
}

/** @param unknown what to do with a server behind the gateway that the backup does not know */
function restore(
  configuration: Configuration,
  only: readonly string[],
  unknown: "keep" | "rebuild",
): ConfigurationChange {
  const { text, backup, what } = configuration;
  const before = new Map(
    backup === undefined ? [] : serversOf(backup, { ...configuration, what: `backup of ${what}` }, []).map((
      one,
    ) => [one.name, one.node]),
  );
  const edits: TextEdit[] = [];
  const changed: ChangedServer[] = [];
  const unchanged: string[] = [];
  const left: LeftServer[] = [];
  for (const { name, node } of serversOf(text, configuration, only)) {
    if (!isWrapped(node)) {
      unchanged.push(name);
      continue;
    }
    const earlier = before.get(name);
    if (earlier ? runsGait(earlier) : unknown === "keep") {
      unchanged.push(name);
      continue;
    }
    const entry = earlier && saysTheSame(node, earlier)
      ? backup!.slice(earlier.start, earlier.end)
      : unwrappedEntry(text, node);
    if (entry === undefined) {
      left.push({ name, why: "what it was before the gateway is unknown" });
      continue;
    }
    edits.push({ start: node.start, end: node.end, text: entry });
    changed.push({ name, before: commandLine(node), after: serverOf(node) ?? [] });
  }
  const restored = applyEdits(text, edits);
  return { text: restored, original: restored, changed, unchanged, left };
}

function serversOf(
  text: string,
  { what, member }: Configuration,
  only: readonly string[],
): readonly JsoncMember[] {
  const document = parseJsonc(text, what);
  const servers = memberOf(document, member);
  if (servers?.members === undefined) {
    throw invalidInput(`Cannot find servers in ${what}: it has no object "${member}"`, {
      hint: "Add a server with the client first, or name the client whose file this is",
    });
  }
  const { members } = servers;
  const missing = only.find((name) => !members.some((one) => one.name === name));
  if (missing !== undefined) {
    const near = suggest(missing, members.map(({ name }) => name));
    throw invalidInput(`Cannot find server "${missing}" in ${what}`, {
      hint: near === undefined
        ? `It has: ${members.map(({ name }) => name).join(", ")}`
        : `Did you mean ${near}?`,
    });
  }
  return only.length === 0 ? members : members.filter(({ name }) => only.includes(name));
}

/** Names as `--name` takes them, different for different servers. */
export function gateNamesOf(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  const found = new Map<string, string>();
  for (const name of names) {
    const plain = name.toLowerCase().replace(/[^a-z0-9_-]/g, "-").replace(/^[-_]*/, "").slice(0, 56) ||
      "server";
    let unique = plain;
    let n = numbers.get(plain) ?? 1;
    while (taken.has(unique)) unique = `${plain}-${++n}`;
    numbers.set(plain, n);
    taken.add(unique);
    found.set(name, unique);
  }
  return found;
}

function commandLine(entry: JsoncNode): string[] {
  return [memberOf(entry, "command"), ...memberOf(entry, "args")?.items ?? []].map((one) =>
    String(one?.value ?? "")
  );
}

function isSameValue(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => JSON.stringify(plainValue(parseJsonc(text, "server"))));
  return left === right;
}
