import { repository } from "../../support/places.ts";
import { type Components, npmComponents, pythonComponents } from "./components.ts";
import type { Scenario, Step } from "./scenarios.ts";

/** Clients that run a script: the two generations of the TypeScript SDK, and the Python SDK. */
export const KINDS = ["sdk1", "sdk2", "python"] as const;

export type Kind = typeof KINDS[number];

// deno-lint-ignore no-explicit-any -- results of many shapes
type Json = any;

/** What came back of a script. */
export interface Transcript {
  readonly steps: readonly Json[];
}

export const npm: Components = await npmComponents();
export const python: Components = await pythonComponents();

/** Why a scenario can't be run with a client. */
export function missingFor(
  kind: Kind,
  scenario: Pick<Scenario, "command">,
): string | undefined {
  const usesPython = kind === "python" ||
    scenario.command("").includes("python3");
  return npm.missing ?? (usesPython ? python.missing : undefined);
}

/** What a script is run with. */
export interface DriveOptions {
  readonly kind: Kind;
  /** The command of the server, or of a gateway in front of it. */
  readonly command?: readonly string[];
  readonly url?: string;
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly bare?: boolean;
  readonly steps: readonly Step[];
}

/** Run a script and read its transcript. */
export async function drive(
  { kind, ...script }: DriveOptions,
): Promise<Transcript> {
  const here = new URL(".", import.meta.url).pathname;
  const json = JSON.stringify({
    ...script,
    generation: kind === "sdk1" ? 1 : 2,
  });
  const [program, ...args] = kind === "python"
    ? [interpreter(), `${here}sdk_client.py`, json]
    : ["node", `${here}sdk_client.mjs`, npm.folder, json];
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: script.cwd,
    clearEnv: true,
    // No more than the gateway passes on: some servers show their environment.
    env: {
      ...environment(script.cwd),
      ...(kind === "python" ? { PYTHONPATH: python.folder } : {}),
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `the client failed:\n${new TextDecoder().decode(stderr).slice(-4000)}`,
    );
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

let found: string | undefined;

/** Python itself: launchers such as pyenv change the environment. */
function interpreter(): string {
  if (found === undefined) {
    const { stdout } = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] })
      .outputSync();
    found = new TextDecoder().decode(stdout).trim();
  }
  return found;
}

/** The variables that every server gets. */
export function environment(folder: string): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH")!,
    HOME: folder,
    LANG: "C.UTF-8",
    TMPDIR: folder,
  };
}

/** The command of a scenario's server, with its paths. */
export function commandOf(scenario: Scenario, folder: string): string[] {
  return scenario.command(folder).map((part) =>
    part.startsWith("node:")
      ? `${npm.folder}/node_modules/${part.slice(5)}`
      : part.startsWith("here:")
      ? new URL(part.slice(5), import.meta.url).pathname
      : part === "packages:"
      ? npm.folder
      : part
  );
}

/** The variables of a scenario's server. */
export function variablesOf(
  scenario: Scenario,
  folder: string,
): Record<string, string> {
  const usesPython = scenario.command(folder).includes("python3");
  return {
    ...scenario.env?.(folder),
    ...(usesPython ? { PYTHONPATH: python.folder } : {}),
  };
}

/** A gateway in front of a server that it starts. */
export function throughGateway(
  command: readonly string[],
  work: string,
  variables: readonly string[],
  flags: readonly string[] = [],
): string[] {
  const env = variables.length > 0 ? ["--env", variables.join(",")] : [];
  return [...gatewayIn(work), ...env, ...flags, "--", ...command];
}

/** A gateway in front of a server at an address. */
export function gatewayBefore(url: string, work: string): string[] {
  return [...gatewayIn(work), "--upstream", url];
}

function gatewayIn(work: string): string[] {
  return [
    ...[`${repository}bin/gait`, "mcp", "gateway", "--policy", `${work}/policy.yaml`, "--name", "s"],
    ...["--evidence-dir", `${work}/evidence`, "--pins-dir", `${work}/pins`],
    ...["--rate-limit-state", `${work}/limits.json`, "--no-config"],
  ];
}

/** Allows everything. */
export const OPEN_POLICY = `default_verdict: allow
rules:
  - name: never
    effect: block
    match: { tool_names: [mcp.other.never] }
`;

/** A transcript without what differs from run to run: times, and ids that are drawn. */
export function comparable(transcript: Transcript): Transcript {
  const text = JSON.stringify(transcript)
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?/g, "<time>")
    .replace(
      /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} \d\d \d{4} [\d:]+ GMT[+-]\d{4} \([^)]*\)/g,
      "<time>",
    )
    .replace(/\d{1,2}:\d\d:\d\d [AP]M/g, "<time>")
    .replace(
      /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      "<id>",
    )
    .replace(/\b[0-9a-f]{32}\b/g, "<id>")
    .replace(/Task (created|ID): [^\\"]*/g, "Task $1: <id>")
    .replace(/Poll \d+:/g, "Poll:");
  // A list of variables has no order.
  return JSON.parse(
    text,
    (name, value) => name === "text" ? sortedObject(value) : value,
  );
}

function sortedObject(text: unknown): unknown {
  if (typeof text !== "string" || !text.startsWith("{\n")) return text;
  try {
    return Object.entries(JSON.parse(text)).sort(([a], [b]) => a < b ? -1 : 1);
  } catch {
    return text;
  }
}
