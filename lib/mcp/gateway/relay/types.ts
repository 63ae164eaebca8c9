import type { GatewayAnswer } from "../decision/answer.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import type { MessageId } from "../codec/message.ts";
import type { Decider } from "../decision/decider.ts";
import type { Subject, SubjectKind } from "../decision/subject.ts";
import type { GatewayHooks } from "../hooks.ts";
import type { Revision } from "../protocol/revisions.ts";

/** Takes messages for the client, each whole and in order. */
export interface Outlet {
  /** A notification or a request of the server. */
  send(message: Uint8Array): Promise<void>;
  /**
   * The answer to a request.
   *
   * @param refusal the code of the error by which the gateway itself refused the request
   */
  answer(message: Uint8Array, refusal?: number): Promise<void>;
  /** No answer comes: the client gave the request up. */
  dropped(): void;
  /** What the client showed to prove who it is, for a server that checks it itself. */
  readonly authorization?: string | undefined;
  /** The server refused the request for who sent it; the client is answered in the same way. */
  unauthorized?(answer: Unauthorized): void;
}

/** How a server refuses a client that it does not know. */
export interface Unauthorized {
  readonly status: number;
  readonly authenticate: string | undefined;
}

/** Takes messages for the server, each whole and in order. */
export interface Upstream {
  /**
   * @param about what the message is, for servers that answer each message separately
   * @throws {GaitError} when the server takes no more
   */
  send(message: Uint8Array, about: SentMessage): Promise<void>;
}

/** What a message for the server is. */
export interface SentMessage {
  /** Where goes what belongs to it. */
  readonly outlet: Outlet;
  /** The method of a request or a notification. */
  readonly method?: string | undefined;
  /** The id of a request, as the server gets it. */
  readonly id?: MessageId | undefined;
  /** The tool, resource, prompt or task that a request names. */
  readonly named?: string | undefined;
  /** Headers that repeat its arguments. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly stateless: boolean;
}

/** A request that was forwarded, or waits to be. */
export interface Pending {
  /** As the client wrote it. */
  readonly id: MessageId;
  /** As the server got it. */
  readonly upstreamId: MessageId;
  readonly method: string;
  readonly revision: Revision;
  readonly outlet: Outlet;
  readonly progressToken: MessageId | undefined;
  readonly upstreamToken: MessageId | undefined;
  /** Who calls, when the token of the caller says so. */
  readonly identity: string | undefined;
  subject?: Subject;
  /** The headers of the client that repeat arguments, where they must. */
  readonly paramHeaders?: ReadonlyMap<string, string> | undefined;
  /** The headers that repeat arguments, for the server. */
  upstreamHeaders?: Readonly<Record<string, string>>;
  /** What a request of the stateless revision says about its client. */
  clientMeta?: JsonObject | undefined;
  /** The place of the call in the log of the session. */
  entry?: LoggedCall;
  /** Set while a person is asked; ends the wait without an answer. */
  cancel?: () => void;
  cancelled?: true;
  forwarded?: true;
}

/** A call in the log of a session. */
export interface LoggedCall {
  readonly callId: string;
}

/** How a forwarded call ended. */
export interface CallEnd {
  readonly status: "ok" | "error";
  /** The digest of what came back; empty when nothing did. */
  readonly outputDigest: string;
}

/** The log of a session: every decided call, and what came of it. */
export interface CallLog {
  /**
   * Resolves when the process may die without losing the call.
   *
   * @param confirmed whether it is forwarded because the person at the client confirmed it
   */
  decided(subject: Subject, answer: GatewayAnswer, confirmed?: boolean): Promise<LoggedCall>;
  ended(call: LoggedCall, end: CallEnd): void;
}

/** How a gateway relays. */
export interface RelayOptions {
  /** What is decided; everything else passes. */
  readonly decides: ReadonlySet<SubjectKind>;
  /** Methods outside of the revision that pass. */
  readonly passMethods: ReadonlySet<string>;
  /** How long a call may wait for an approval, in milliseconds. */
  readonly approvalWait: number;
  /** Ask the person at the client, too. */
  readonly elicitApprovals: boolean;
  /** The folder where people put approvals down. */
  readonly approvalsFolder: string;
  /**
   * Several clients share the server: their ids and progress tokens are replaced on the way, for they may collide.
   */
  readonly shared: boolean;
}

/** Runs an action later; the result calls it off. */
export type After = (milliseconds: number, action: () => void) => () => void;

/** What a relay works with. */
export interface RelayContext {
  readonly options: RelayOptions;
  readonly decider: Decider;
  readonly hooks: GatewayHooks;
  readonly log: CallLog;
  readonly upstream: Upstream;
  /** The id of the session, which all its traces have in common. */
  readonly session: string;
  readonly after: After;
  readonly now: () => number;
  /** Whether the policy could let a tool pass; absent where tools that it blocks are shown, too. */
  readonly couldPass?: ((tool: string) => boolean) | undefined;
  /** Notify whoever runs the gateway. */
  readonly notify: (text: string) => void;
}
