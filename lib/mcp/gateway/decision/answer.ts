import type { Answer } from "../../../gate/answer.ts";

/** A recorded decision about a call through the gateway. */
export interface GatewayAnswer extends Answer {
  /** The intent of a call that waits for an approval, for the person who looks at it. */
  readonly intentPath?: string;
  /** The client does not wait for it any more. */
  readonly letGo?: () => void;
}
