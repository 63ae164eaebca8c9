import { resolve } from "node:path";
import process from "node:process";
import { GaitError, invalidInput } from "../../../lib/errors/mod.ts";
import { copyJson } from "../../../lib/formats/json/copy.ts";
import type { JsonObject } from "../../../lib/formats/json/mod.ts";
import type { IntentRequest } from "../../../lib/library/intent_request.ts";
import { checkOptions } from "../../../lib/library/arguments.ts";
import { demandPlainObjects } from "../../../lib/library/plain_objects.ts";
import { AnswerLines, decisionOf, garbage, readAnswer } from "./answers.ts";
import { childTransport } from "./child_transport.ts";
import { CLIENT_CALL_OPTIONS, CLIENT_OPTIONS } from "./shapes.ts";
import { checkOwner, socketTransport } from "./socket_transport.ts";
import { expectPolicy, LONGEST, positive, tooLate } from "./deadline.ts";
import { gateHere, needsNoExecutable } from "./gate_here.ts";
import { isClosed, type Listener, type Transport, unavailable } from "./transport.ts";
import type { ClientCallOptions, ClientGate, ClientGateOptions } from "./types.ts";

const TIMEOUT = 30_000;
const GRACE = 2_000;
const MAX_LINE_BYTES = 1 << 20;

/**
 * Open a gate: the one that listens at `GAIT_GATE_SOCKET`; a `gait gate stream` of its own where the executable is named,
 * or something is asked for that needs it; else one in this process. It starts with the first call, and a process that
 * ended again with the next one. Whatever goes wrong, no call is decided in its favour.
 *
 * @throws {GaitError} `invalid_input` for options that can't be used, and as {@linkcode demandPlainObjects} does
 */
export function openGate(options: ClientGateOptions): ClientGate {
  demandPlainObjects();
  checkOptions("options", options, CLIENT_OPTIONS);
  const timeout = positive(options.timeout ?? TIMEOUT);
  const socket = options.socket ?? (process.env.GAIT_GATE_SOCKET || undefined);
  if (socket === undefined && options.policy === undefined) {
    throw invalidInput("Cannot open a gate: expected a policy, or a socket", {
      hint: "Give policy, or socket, or set GAIT_GATE_SOCKET",
    });
  }
  if (socket === undefined && needsNoExecutable(options)) return gateHere(options, timeout);
  const command = socket === undefined ? commandOf(options) : [];
  // A process that is started again must not decide by the policy of another folder, should this program have moved.
  const folder = process.cwd();
  const cwd = options.cwd === undefined ? folder : resolve(options.cwd);
  const client = new Client((on) => {
    if (socket === undefined) return childTransport(command, cwd, on);
    // Short paths stay short: addresses of sockets have a limit.
    const path = process.cwd() === folder ? socket : resolve(folder, socket);
    try {
      checkOwner(path);
    } catch (error) {
      if (error instanceof GaitError) throw error;
      throw unavailable(
        "not_found",
        `Nobody listens at "${socket}"`,
        "Start it: gait gate serve --socket <path>",
      );
    }
    return socketTransport(path, on);
  });
  const { expectPolicyDigest: expected } = options;
  return {
    where: socket === undefined ? command[0]! : `socket ${socket}`,
    async decide(intent, call = {}) {
      demandPlainObjects();
      checkOptions("options", call, CLIENT_CALL_OPTIONS);
      const answer = await client.ask(lineOf(intent, call), positive(call.timeout ?? timeout));
      demandPlainObjects();
      return expectPolicy(decisionOf(answer), expected);
    },
    close: () => client.close(),
  };
}

function commandOf(options: ClientGateOptions): string[] {
  const { gaitBin = process.env.GAIT_BIN || "gait", policy, keyMode, flags = {} } = options;
  const given: Readonly<Record<string, string | true | undefined>> = {
    policy,
    "key-mode": keyMode ?? (options.privateKey === undefined ? "dev" : "prod"),
    "trace-dir": options.traceDir,
    "private-key": options.privateKey,
    "approval-public-key": options.approvalPublicKey,
    ...flags,
  };
  const words = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [value === true ? `--${name}` : `--${name}=${value}`]
  );
  return [...(typeof gaitBin === "string" ? [gaitBin] : gaitBin), "gate", "stream", ...words];
}

function lineOf(intent: IntentRequest, call: ClientCallOptions): string {
  const { contextEnvelope, approvalTokens = [], delegationTokens = [] } = call;
  const line = JSON.stringify({
    intent: copyJson(intent, "intent"),
    ...(contextEnvelope ? { context_envelope: copyJson(contextEnvelope, "context envelope") } : {}),
    ...(approvalTokens.length > 0 ? { approval_tokens: copyJson(approvalTokens, "approval tokens") } : {}),
    ...(delegationTokens.length > 0
      ? { delegation_tokens: copyJson(delegationTokens, "delegation tokens") }
      : {}),
  });
  // The answer to a line that is too long would not say which one it was.
  if (new TextEncoder().encode(line).length + 64 > MAX_LINE_BYTES) {
    throw invalidInput(`Cannot decide: the call is longer than ${MAX_LINE_BYTES} bytes`);
  }
  return line.slice(1) + "\n";
}

interface Waiting {
  readonly sent: number;
  readonly settle: (outcome: JsonObject | GaitError) => void;
}

/** Sends lines and hands out answers, over one connection at a time. */
class Client {
  readonly #open: (on: Listener) => Transport;
  #connection: Connection | undefined;
  #last: Connection | undefined;
  #closing: Promise<void> | undefined;

  constructor(open: (on: Listener) => Transport) {
    this.#open = open;
  }

  /** @param line without its beginning, `{"id":…,` */
  async ask(line: string, timeout: number): Promise<JsonObject> {
    if (this.#closing !== undefined) throw isClosed();
    const until = performance.now() + timeout;
    const connection = this.#connection ??= this.#connect();
    if (!connection.isGate) await connection.greet(timeout);
    return await connection.ask(line, Math.max(1, until - performance.now()));
  }

  #connect(): Connection {
    return this.#last = new Connection(this.#open, () => this.#connection = undefined);
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#last?.finish() ?? Promise.resolve());
  }
}

class Connection {
  readonly #transport: Transport;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lines = new AnswerLines();
  readonly #onLost: () => void;
  #hello: Promise<void> | undefined;
  #isGate = false;
  #number = 0;
  #answered = 0;
  #lost: GaitError | undefined;
  #ending: Promise<void> | undefined;

  constructor(open: (on: Listener) => Transport, onLost: () => void) {
    this.#onLost = onLost;
    this.#transport = open({
      onData: (piece) => this.#take(piece),
      onEnd: (error) => this.lose(error),
    });
    this.#transport.hold(false);
  }

  /** Whether the other side answered as a gate does. */
  get isGate(): boolean {
    return this.#isGate;
  }

  /** See the other side answer as a gate does, before a call is sent there; each caller waits as long as its call may. */
  async greet(timeout: number): Promise<void> {
    const timer = setTimeout(() => this.lose(tooLate(timeout)), Math.min(timeout, LONGEST));
    try {
      await (this.#hello ??= this.#greet());
    } finally {
      clearTimeout(timer);
    }
  }

  async #greet(): Promise<void> {
    const hello = await this.ask('"intent":{}}\n', LONGEST);
    if (hello.ok !== false) {
      const error = garbage("it decides an empty call");
      this.lose(error);
      throw error;
    }
    this.#isGate = true;
  }

  /** The number of the line is its id, so the answer to a line that could not be read also finds its call. */
  ask(line: string, timeout: number): Promise<JsonObject> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(id, timeout), Math.min(timeout, LONGEST));
      const settle = (outcome: JsonObject | GaitError) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        if (this.#waiting.size === 0) this.#transport.hold(false);
        outcome instanceof GaitError ? reject(outcome) : resolve(outcome);
      };
      this.#waiting.set(id, { sent: this.#answered, settle });
      this.#transport.hold(true);
      this.#transport.write(`{"id":${id},${line}`);
    });
  }

  async finish(): Promise<void> {
    const pending = [...this.#waiting.values()];
    if (pending.length > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GRACE);
        const poll = () => this.#waiting.size === 0 ? (clearTimeout(timer), resolve()) : setTimeout(poll, 5);
        poll();
      });
    }
    this.#end(unavailable("closed", "The gate was closed before the call was decided"));
    await (this.#ending ??= this.#transport.close(GRACE));
  }

  /** Whatever is on its way is not decided: it may have been counted, so it is not sent again. */
  lose(error: GaitError): void {
    if (this.#lost) return;
    this.#end(error);
    this.#ending ??= this.#transport.close(0);
  }

  #end(error: GaitError): void {
    if (this.#lost) return;
    this.#lost = error;
    this.#onLost();
    for (const { settle } of [...this.#waiting.values()]) settle(error);
  }

  #take(piece: Uint8Array): void {
    if (this.#lost) return;
    try {
      for (const line of this.#lines.push(piece)) {
        const { id, answer } = readAnswer(line);
        if (id < 1 || id > this.#number) throw garbage(`line ${id} was not asked`);
        this.#answered++;
        this.#waiting.get(id)?.settle(answer);
      }
    } catch (error) {
      this.lose(error as GaitError);
    }
  }

  /** Too late. A gate that answered nothing all that time hangs, and is replaced. */
  #expire(id: number, timeout: number): void {
    const late = this.#waiting.get(id);
    if (late === undefined) return;
    const error = tooLate(timeout);
    const hangs = late.sent === this.#answered;
    late.settle(error);
    if (hangs) this.lose(error);
  }
}
