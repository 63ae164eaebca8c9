import { isInstalled } from "../support/programs.ts";
import type { Case } from "./case.ts";

/** Programs that scripts of cases may call and that a machine may lack. */
const PROGRAMS = ["python3", "sed", "cmp"];

/** What a case can't be run without and this machine lacks, `undefined` when all is there. */
export function missingNeed({ steps }: Case): string | undefined {
  const scripts = steps.flatMap((step) => "shell" in step ? [step.shell] : []);
  const words = new Set([
    ...scripts.flatMap((script) => script.split(/[^\w.-]+/)),
    ...steps.flatMap((step) => "args" in step ? step.args : []),
  ]);
  const needed = [...(scripts.length > 0 ? ["bash"] : []), ...PROGRAMS, "sh"];
  const missing = needed.find((name) => (name === "bash" || words.has(name)) && !isInstalled(name));
  if (missing !== undefined) return missing;
  const listens = steps.some((step) => JSON.stringify(step, textOfBigInt).includes("{port}"));
  return listens && freePort() === undefined ? "a port of 127.0.0.1" : undefined;
}

function textOfBigInt(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}

/** A port of 127.0.0.1 on which nothing listens, `undefined` where there is none to be had. */
export function freePort(): number | undefined {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  } catch {
    return undefined;
  }
}
