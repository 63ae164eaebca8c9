import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { GivenToken } from "../../tokens/given_token.ts";

/*
 * What the gateway asks of the modules beside it: memory of what came back, pins of descriptors, approvals that a
 * person put into a folder. The gateway decides without knowing how they answer.
 */

/** A part of an argument that came back earlier in the session. */
export interface TaintMatch {
  /** Path of the argument. */
  readonly path: string;
  readonly kind: "tool_output" | "external";
  /** What it came back from. */
  readonly ref: string;
}

/** Remembers what came back in a session, and recognises it in arguments (docs/spec/mcp.md 10.9). */
export interface TaintMemory {
  remember(source: { readonly kind: TaintMatch["kind"]; readonly ref: string }, value: unknown): void;
  match(args: unknown): readonly TaintMatch[];
}

/** Whether the descriptor of a tool is the one that was accepted. */
export type PinState = "known" | "changed" | "new";

/** A tool as the server describes it. */
export type Descriptor = JsonObject & { readonly name: string };

/** Compares the descriptors of a server with those that were accepted (docs/spec/mcp.md 10.8). */
export interface Pins {
  check(descriptors: readonly Descriptor[]): Promise<ReadonlyMap<string, PinState>>;
}

/** Approvals that a person put into a folder (docs/spec/mcp.md 10.7). */
export interface ApprovalFolder {
  /** Take the tokens of a call, so that nobody else gets them; none when there are none. */
  take(intentDigest: string): Promise<readonly GivenToken[]>;
}

/** The modules that a gateway uses; it works without any of them. */
export interface GatewayHooks {
  /** The memory of a new session. */
  readonly newTaintMemory?: (() => TaintMemory) | undefined;
  readonly pins?: Pins | undefined;
  readonly approvals?: ApprovalFolder | undefined;
}

/** A value that came back. */
export type Returned = JsonValue;
