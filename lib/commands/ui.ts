import type { CommandNeeds } from "../doctor/check.ts";
import { GaitError, invalidInput, unsafeOperation } from "../errors/mod.ts";
import type { Effects } from "../effects/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { trim } from "../formats/text.ts";
import { JOB_ROOT } from "../job/folder.ts";
import { APPROVALS_FOLDER } from "../mcp/approvals/folder.ts";
import { isLoopback, type ListenAddress, readListenAddress, writeAddress } from "../serve/address.ts";
import { loadSigningKey, namesPrivateKey } from "../signing/mod.ts";
import { demandIdentity } from "../tokens/mint.ts";
import type { Approver } from "../ui/approvals/minter.ts";
import { idleEnd } from "../ui/idle.ts";
import { guardedUi } from "../ui/guard.ts";
import { UI_LIMITS, UI_STOP_PATIENCE } from "../ui/limits.ts";
import { loadUiPage, pageAnswer } from "../ui/page_answer.ts";
import { uiApi } from "../ui/routes.ts";
import { makeTokens, type UiTokens } from "../ui/token.ts";
import { bool, defineCommand, type KnownCommand, path, paths, text, trimmed } from "./define.ts";
import { duration } from "./duration_flag.ts";
import { keySource } from "./key_flags.ts";
import { served, success } from "./outcome.ts";
import { type Line, line, warn } from "./text.ts";
import { uiWarnings } from "./ui_warnings.ts";

const LISTEN = "127.0.0.1:7980";

/** A token that is easier to guess than this is refused. */
const LEAST_TOKEN = 16;

/** `gait ui` (docs/spec/doctor.md section 4). */
export default defineCommand({
  explain: "Serves a page on this machine to look at runs, traces, packs, policies and jobs in the browser.",
  flags: {
    listen: { ...text("host:port", `address to listen on; ${LISTEN} by default`), read: (given) => given },
    "open-browser": bool("open the page in the browser", { default: true }),
    "read-only": bool("change nothing but what the quickstart makes", { default: true }),
    "idle-timeout": duration("end after this long without a page that looks at it"),
    "allow-non-loopback": bool(
      "listen on an address that other machines can reach; every route needs the token",
    ),
    "token-env": text("variable", "environment variable with the token, instead of a random one"),
    traces: paths("paths", "folders with traces; the working folder and gait-out by default"),
    runs: paths("paths", "folders with runpacks; gait-out by default"),
    "job-root": path("folder", "folder of the jobs", { default: JOB_ROOT }),
    policy: path("file", "the policy to show; by default that of the configuration, or gait.policy.yaml"),
    intents: paths("paths", "folders with intents to try a policy on"),
    approver: text(
      "identity",
      "who approves on this page; each approval asks for a code that this terminal shows",
    ),
    "approval-private-key": keySource("file", "private key that signs approvals"),
    "approval-private-key-env": keySource("variable", "environment variable with that key"),
    "approvals-dir": path("folder", "where approval tokens go; the MCP gateway looks for them there", {
      default: APPROVALS_FOLDER,
    }),
  },
  needs: { read: true, write: true, run: true, env: true, net: true },
  examples: [
    "gait ui",
    "gait ui --listen 127.0.0.1:0 --open-browser=false --idle-timeout 30m",
    "gait ui --traces traces --runs runs --policy policy.yaml",
  ],
  async run({ flags, effects, version, announce, notify, commands }) {
    const address = listenAddress(flags.listen ?? LISTEN, flags["allow-non-loopback"]);
    const policy = await existing(flags.policy, effects);
    const tokens = await makeTokens(effects.random, givenToken(flags["token-env"], effects));
    const page = pageAnswer(await loadUiPage());
    const context = {
      effects,
      version,
      options: {
        readOnly: flags["read-only"],
        traces: flags.traces,
        runs: flags.runs,
        jobRoot: flags["job-root"],
        policy,
        intents: flags.intents,
        approvals: flags["approvals-dir"],
        approver: await approverOf(flags, effects, notify),
      },
      commands: () => needsOf(commands),
    };
    const idle = idleEnd(flags["idle-timeout"]);
    const api = uiApi(context, tokens, idle);
    const answer = guardedUi({
      routes: api.routes,
      page,
      listenHost: address.host,
      checkToken: tokens.check,
      onRequest: idle.onRequest,
    });
    const server = await bind(address, effects, answer);
    const listen = writeAddress(server);
    const url = `http://${writeAddress({ host: reachable(server.host), port: server.port })}/`;
    const opens = flags["open-browser"];
    await announce(success({ listen, url, ...(opens ? { open_url: true } : {}) }, [
      line(`ui listening=${listen}`),
      line(`ui url=${url}`),
    ]));
    showLink(url, tokens, effects);
    const { traces, runs, intents } = flags;
    const start = { traces, runs, intents, opens, hasToken: trimmed(flags["token-env"]) !== undefined };
    for (const warning of await uiWarnings(start, effects)) notify(line(`warning: ${warning}`));
    if (!isLoopback(address.host)) {
      notify(line("warning: other machines can reach this page, and nothing encrypts it"));
    }
    if (opens) await openBrowser(`${url}#code=${tokens.issueCode()}`, flags["token-env"], effects);
    await Promise.race([server.stopped, idle.ended]);
    api.stop();
    await server.close(UI_STOP_PATIENCE);
    return served();
  },
});

/**
 * The path of the policy, checked as the page starts: there a mistyped path would look like a policy that is still to
 * be written.
 *
 * @throws {GaitError} `invalid_input` when there is no such file
 */
async function existing(path: string | undefined, { files }: Effects): Promise<string | undefined> {
  const policy = trimmed(path);
  if (policy === undefined || await files.isFile(policy)) return policy;
  throw invalidInput(`Cannot show policy "${policy}": there is no such file`, {
    hint: `Give the path of another, or write it first: gait policy init high --out ${pathArgument(policy)}`,
  });
}

/**
 * @throws {GaitError} `invalid_input` for what is no address, or for one that other machines can reach unless that is
 * allowed
 */
function listenAddress(given: string, allowsOthers: boolean): ListenAddress {
  const trimmedText = trim(given);
  if (trimmedText === "") {
    throw invalidInput("Cannot listen on a blank address", { hint: `For example: ${LISTEN}` });
  }
  const address = readListenAddress(trimmedText);
  if (allowsOthers || isLoopback(address.host)) return address;
  throw invalidInput(`Cannot listen on "${trimmedText}": other machines could reach it`, {
    hint: "Listen on 127.0.0.1, or give --allow-non-loopback",
  });
}

/**
 * Who approves, if anybody does.
 *
 * @throws {GaitError} `unsafe_operation` without a terminal: its code is what keeps an agent, which can read the page, from
 * approving its own calls
 */
async function approverOf(
  flags: ApproverFlags,
  effects: Effects,
  notify: (line: Line) => void,
): Promise<Approver | undefined> {
  const { approver } = flags;
  const sources = {
    privateKey: flags["approval-private-key"],
    privateKeyEnv: flags["approval-private-key-env"],
  };
  if (approver === undefined && !namesPrivateKey(sources)) return undefined;
  if (approver === undefined) {
    throw invalidInput("Cannot approve with --approval-private-key: --approver is missing", {
      hint: "Say who approves: --approver <identity>",
    });
  }
  if (!namesPrivateKey(sources)) {
    throw invalidInput("Cannot use --approver: --approval-private-key is missing", {
      hint: "Give the key that signs: --approval-private-key <file>",
    });
  }
  const identity = demandIdentity(approver, "approver");
  const { key, warnings } = await loadSigningKey(sources, effects);
  const show = effects.showOnTerminal;
  if (!show) {
    throw unsafeOperation("Cannot use --approver: standard error is no terminal to show the code on", {
      hint: "Start gait ui on a terminal, or approve with gait approve",
    });
  }
  for (const warning of warnings) notify(line(warn("warning"), `: ${warning}`));
  return { identity, key, folder: flags["approvals-dir"], show };
}

interface ApproverFlags {
  readonly approver: string | undefined;
  readonly "approval-private-key": string | undefined;
  readonly "approval-private-key-env": string | undefined;
  readonly "approvals-dir": string;
}

async function needsOf(commands: () => Promise<readonly KnownCommand[]>): Promise<CommandNeeds[]> {
  const found: CommandNeeds[] = [];
  for (const { name, load } of await commands()) {
    found.push({ name, needs: Object.keys((await load()).default.needs).sort() });
  }
  return found;
}

function givenToken(variable: string | undefined, { env }: Effects): string | undefined {
  const name = trimmed(variable);
  if (name === undefined) return undefined;
  const token = trim(env.get(name) ?? "");
  if (token.length >= LEAST_TOKEN && /^[!-~]+$/.test(token)) return token;
  throw invalidInput(`Cannot use --token-env: "${name}" has no token of at least ${LEAST_TOKEN} characters`, {
    hint: "For example: export GAIT_UI_TOKEN=$(openssl rand -hex 32)",
  });
}

/**
 * Listen. An address that the system refuses is a failure of the environment, as in the existing program; one that this
 * build has no permission for is refused for safety.
 */
async function bind(address: ListenAddress, effects: Effects, answer: Parameters<Effects["listen"]>[1]) {
  const isPermitted = (await effects.http()).mayReach(`http://${writeAddress(address)}/`);
  if (!isLoopback(address.host) && !isPermitted) {
    throw new GaitError("unsafe_operation", "Cannot listen: this build has no network beyond loopback", {
      detail: "network_permission_missing",
      hint: "Use the gait-online build, or listen on 127.0.0.1 and forward the port with ssh -L",
    });
  }
  try {
    return await effects.listen({ ...address, ...UI_LIMITS }, answer);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code === "unsafe_operation") throw error;
    const hint = error.hint ?? "Choose another port";
    throw new GaitError("internal_failure", error.message, { cause: error, hint });
  }
}

/** An address to open: a wildcard is none. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

/**
 * Show the address that opens the page. Its code works once, and stands on a terminal only, so that no log holds it.
 */
function showLink(url: string, tokens: UiTokens, { showOnTerminal }: Effects): void {
  showOnTerminal?.(`Open ${url}#code=${tokens.issueCode()} (works once)\n`);
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Open the browser, without showing it the variable of the token; if there is none, the link on the terminal is enough. */
async function openBrowser(url: string, tokenEnv: string | undefined, effects: Effects): Promise<void> {
  const [command = "xdg-open", ...args] = OPENERS[effects.os] ?? ["xdg-open"];
  const name = trimmed(tokenEnv);
  await effects.launch({
    command,
    args: [...args, url],
    env: name === undefined ? {} : { [name]: "" },
  });
}
