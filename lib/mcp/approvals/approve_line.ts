import { pathArgument } from "../../formats/shell.ts";

/** A stopped call that a person may approve. */
export interface StoppedCall {
  readonly intentDigest: string;
  /** What a token for it must grant. */
  readonly requiredScope?: readonly string[];
  /** Path of its intent, which shows the person the arguments, and tells `gait approve` the whole scope. */
  readonly intentPath?: string | undefined;
}

/**
 * What a person must know besides that command when a token is there, but signed by no key that counts: another token
 * by the same key would not help. Empty otherwise.
 */
export function untrustedTokenNote(reasonCodes: readonly string[]): string {
  return reasonCodes.includes("approval_token_signature_invalid")
    ? " A token is there, but no key given by --approval-public-key or --approver-keys signed it."
    : "";
}

/**
 * The command that approves a stopped call, to be pasted by a person: the token lands where the gateway finds it.
 *
 * @param folder of the tokens
 * @param trace path of the signed trace of the stopped call; it names the tool, and nothing else of the scope
 */
export function approveLine(
  folder: string,
  trace: string,
  { intentDigest, requiredScope = [], intentPath }: StoppedCall,
): string {
  const out = `${folder}/${intentDigest.slice(0, 16)}.json`;
  const further = requiredScope.filter((value) => !value.startsWith("tool:"));
  return [
    "gait approve",
    `--from-trace ${pathArgument(trace)}`,
    ...(intentPath !== undefined ? [`--intent ${pathArgument(intentPath)}`] : []),
    ...(intentPath === undefined && further.length > 0 ? [`--scope ${further.join(",")}`] : []),
    "--ttl 30m --approver <you> --reason-code <why> --single-use --key-mode prod --private-key <private.key>",
    `--out ${pathArgument(out)}`,
  ].join(" ");
}
