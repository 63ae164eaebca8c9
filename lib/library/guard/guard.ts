import { invalidInput } from "../../errors/mod.ts";
import { copyJson } from "../../formats/json/copy.ts";
import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import { checkGate, checkOptions, type Elsewhere, type Shape } from "../arguments.ts";
import type { IntentRequest } from "../intent_request.ts";
import { demandPlainObjects } from "../plain_objects.ts";
import type { ApprovalRequest, CallFacts, DecidingGate, GuardDecision, GuardedCall } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { RunRecorder } from "./recorder.ts";

/** How a guard decides. */
export interface GuardOptions extends CallFacts {
  /**
   * Asked for the approval tokens of a stopped call. It may ask a person and wait. Frameworks with an interrupt use
   * that instead.
   */
  readonly onApproval?:
    | ((request: ApprovalRequest) => Promise<readonly JsonObject[]> | readonly JsonObject[])
    | undefined;
  /** Records every call. */
  readonly recorder?: RunRecorder | undefined;
}

/** The members of {@linkcode GuardOptions}. */
export const GUARD_OPTIONS: Shape<GuardOptions> = {
  context: "object or function",
  targets: "object or function",
  onApproval: "function",
  recorder: "object",
};

const IN_CONTEXT = "Give it in context: { identity, workspace, risk_class }";

/** Members of a context that are given without it. */
export const OF_CONTEXT: Elsewhere = {
  identity: IN_CONTEXT,
  workspace: IN_CONTEXT,
  risk_class: IN_CONTEXT,
  riskClass: IN_CONTEXT,
};

/** A call with what was decided. */
export interface Decided {
  /** The call, with a copy of its arguments: what was decided is what is executed. */
  readonly call: GuardedCall;
  /** Absent for a call that may be made. */
  readonly refusal?: Refusal;
}

/** Decides the tool calls of an agent, and makes those that are allowed. */
export class Guard {
  readonly #gate: DecidingGate;
  readonly #options: GuardOptions;
  readonly #granted = new Map<string, JsonObject[]>();

  /**
   * Make a guard of a gate and what there is to know about its calls.
   *
   * @throws {GaitError} `invalid_input` for anything that is no gate, and options that can't be used
   */
  constructor(gate: DecidingGate, options: GuardOptions) {
    checkGate(gate);
    checkOptions("options", options, GUARD_OPTIONS, OF_CONTEXT);
    if (options.context === undefined) {
      throw invalidInput('Missing "context" of options', {
        hint: "Say who calls: { identity, workspace, risk_class } (docs/contracts/intent.md)",
      });
    }
    this.#gate = gate;
    this.#options = options;
  }

  /** Keep an approval token for the call that it is about; the gate gets it, once, when the call comes again. */
  grant(token: JsonObject): void {
    const { intent_digest: digest } = token;
    if (typeof digest !== "string" || digest === "") {
      throw invalidInput("Cannot grant: the token names no call", { hint: "Give a token of gait approve" });
    }
    this.#granted.set(digest, [...this.#granted.get(digest) ?? [], token]);
  }

  /** Decide a call. Never rejects: what can't be decided is refused. */
  async decide(given: GuardedCall, tokens: readonly JsonObject[] = []): Promise<Decided> {
    let call = given;
    try {
      call = { ...given, args: argumentsOf(given.args) };
      const intent = this.#intentOf(call);
      let decision = await this.#gate.decide(intent);
      const shown = this.#tokensFor(decision, tokens);
      if (shown.length > 0) decision = await this.#gate.decide(intent, { approvalTokens: shown });
      demandPlainObjects();
      return isAllowed(decision) ? { call } : { call, refusal: new Refusal(call, decision) };
    } catch (error) {
      return { call, refusal: new Refusal(call, { error }) };
    }
  }

  /**
   * Make a call if it is allowed.
   *
   * @param execute gets the arguments that were decided
   * @param decided a decision about this very call that was asked for already
   * @returns what the tool returned, or the refusal; what the tool throws is thrown
   */
  async run<R>(
    call: GuardedCall,
    execute: (args: JsonObject) => Promise<R> | R,
    tokens: readonly JsonObject[] = [],
    decided?: Decided,
  ): Promise<R | Refusal> {
    let answer = decided ?? await this.decide(call, tokens);
    const request = answer.refusal?.request;
    if (request !== undefined && this.#options.onApproval !== undefined && tokens.length === 0) {
      const given = await this.#ask(request);
      if (given.length > 0) answer = await this.decide(call, given);
    }
    if (answer.refusal !== undefined) {
      this.note(answer);
      return answer.refusal;
    }
    let result: R;
    try {
      result = await execute(answer.call.args);
    } catch (error) {
      this.#options.recorder?.failed(answer.call, error);
      throw error;
    }
    this.#options.recorder?.returned(answer.call, result);
    return result;
  }

  /** Record a refused call that will not be run. */
  note({ call, refusal }: Decided): void {
    if (refusal !== undefined) this.#options.recorder?.refused(call, refusal);
  }

  async #ask(request: ApprovalRequest): Promise<readonly JsonObject[]> {
    try {
      const tokens = await this.#options.onApproval!(request);
      return Array.isArray(tokens) ? tokens : [];
    } catch {
      return []; // nobody answered
    }
  }

  #intentOf(call: GuardedCall): IntentRequest {
    const { context, targets } = this.#options;
    const known = typeof context === "function" ? context(call) : context;
    const of = typeof targets === "function"
      ? targets
      : targets !== undefined && Object.hasOwn(targets, call.name)
      ? targets[call.name]
      : undefined;
    return {
      tool_name: call.name,
      args: call.args,
      targets: of?.(call) ?? [],
      context: {
        ...known,
        session_id: known.session_id ?? call.sessionId ?? null,
        request_id: known.request_id ?? call.callId ?? null,
      },
    };
  }

  /** The tokens for a stopped call; those that were granted are used up. */
  #tokensFor({ verdict, intentDigest }: GuardDecision, given: readonly JsonObject[]): JsonObject[] {
    if (verdict !== "require_approval") return [];
    const granted = this.#granted.get(intentDigest) ?? [];
    this.#granted.delete(intentDigest);
    return [...given, ...granted];
  }
}

/** INVARIANT: nothing but the verdict `allow` lets a call pass. */
function isAllowed({ verdict }: GuardDecision): boolean {
  return verdict === "allow";
}

/** A private copy: whoever holds the given object could change it between decision and execution. */
function argumentsOf(given: unknown): JsonObject {
  const copied = given === undefined ? given : copyJson(given, "arguments");
  if (isJsonObject(copied)) return copied;
  throw invalidInput("Cannot decide: the arguments are no object", {
    hint: typeof given === "string"
      ? "Give JSON text as an object: JSON.parse(text)"
      : "Call a tool with one object that names its arguments; {} for none",
  });
}
