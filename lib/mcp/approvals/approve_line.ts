import { pathArgument } from "../../formats/shell.ts";

/**
 * The command that approves a stopped call, to be pasted by a person: the token lands where the gateway finds it.
 *
 * @param folder of the tokens
 * @param trace path of the signed trace of the stopped call; it names the tool, and nothing else of the scope
 */
export function approveLine(
  folder: string,
  trace: string,
  { intentDigest, requiredScope = [] }: {
    readonly intentDigest: string;
    readonly requiredScope?: readonly string[];
  },
): string {
  const out = `${folder}/${intentDigest.slice(0, 16)}.json`;
  const further = requiredScope.filter((value) => !value.startsWith("tool:"));
  const scope = further.length > 0 ? `--scope ${further.join(",")} ` : "";
  return `gait approve --from-trace ${
    pathArgument(trace)
  } ${scope}--ttl 30m --approver <you> --reason-code <why> ` +
    `--single-use --key-mode prod --private-key <private.key> --out ${pathArgument(out)}`;
}
