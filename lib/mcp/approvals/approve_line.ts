import { pathArgument } from "../../formats/shell.ts";

/**
 * The command that approves a stopped call, to be pasted by a person: the token lands where the gateway finds it.
 *
 * @param folder of the tokens
 * @param trace path of the signed trace of the stopped call
 * @param intent path of its intent, which shows the person what to approve
 */
export function approveLine(folder: string, trace: string, intentDigest: string, intent?: string): string {
  const out = `${folder}/${intentDigest.slice(0, 16)}.json`;
  const shown = intent === undefined ? "" : ` --intent ${pathArgument(intent)}`;
  return `gait approve --from-trace ${
    pathArgument(trace)
  }${shown} --ttl 30m --approver <you> --reason-code <why> ` +
    `--single-use --key-mode prod --private-key <private.key> --out ${pathArgument(out)}`;
}
