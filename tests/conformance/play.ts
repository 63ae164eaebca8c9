/** Runs the steps of a case in a folder of its own, and keeps what came of each. */
import { bytesOf, type Case, type GaitStep, type Step } from "./case.ts";
import { ask } from "./http.ts";
import { expand, type Places } from "./match.ts";
import { freePort } from "./needs.ts";

/** What came of a step. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "ran"; readonly exit: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "answered"; readonly status: number; readonly stdout: string }
  /** Nothing can be said about this step, nor about those behind it. */
  | { readonly kind: "broken"; readonly problem: string };

/** A case after its last step. */
export interface Played {
  readonly places: Places;
  /** One for each step that was played. */
  readonly outcomes: readonly Outcome[];
}

/** When to leave the rest of a case alone. */
export type StopWhen = (step: Step, outcome: Outcome, places: Places) => boolean;

const TIMEOUT_MS = 60_000;
const PATIENCE_MS = 5000;

/**
 * Play a case and look at what came of it before its folder is removed.
 *
 * @param gait the command to test, as words
 */
export async function onPlayed<T>(
  gait: readonly string[],
  recorded: Case,
  look: (played: Played) => Promise<T>,
  stopWhen: StopWhen = () => false,
): Promise<T> {
  // A folder below ours, for some cases try to write beside it.
  const temporary = await Deno.realPath(await Deno.makeTempDir({ prefix: "gait-case-" }));
  const work = `${temporary}/work`;
  try {
    await Deno.mkdir(work);
    await putInputs(work, recorded);
    const places = { work, port: String(freePort() ?? 0) };
    return await look({ places, outcomes: await play(gait, recorded, places, stopWhen) });
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

async function putInputs(work: string, { inputs = {} }: Case): Promise<void> {
  for (const [name, input] of Object.entries(inputs)) {
    const path = `${work}/${name}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(path, bytesOf(input));
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o644);
  }
}

async function play(
  gait: readonly string[],
  recorded: Case,
  places: Places,
  stopWhen: StopWhen,
): Promise<Outcome[]> {
  const scene = new Scene(gait, places, environment(recorded, places));
  const outcomes: Outcome[] = [];
  try {
    for (const step of recorded.steps) {
      const outcome = await scene.play(step);
      outcomes.push(outcome);
      if (outcome.kind === "broken" || stopWhen(step, outcome, places)) break;
    }
  } finally {
    await scene.close(recorded.steps.slice(outcomes.length));
  }
  return outcomes;
}

/** Our own environment without settings of Gait, with the folder as home. */
function environment({ env = {} }: Case, places: Places): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("GAIT_"));
  const more = Object.entries(env).map(([name, value]) => [name, expand(value, places)]);
  return {
    ...Object.fromEntries(own),
    HOME: places.work,
    NO_COLOR: "1",
    TZ: "UTC",
    ...Object.fromEntries(more),
  };
}

/** The folder of a case, with what runs in it. */
class Scene {
  readonly #background: { readonly child: Deno.ChildProcess; ended: boolean }[] = [];

  constructor(
    readonly gait: readonly string[],
    readonly places: Places,
    readonly env: Record<string, string>,
  ) {}

  async play(step: Step): Promise<Outcome> {
    if ("shell" in step) return await this.#shell(step.shell);
    if ("http" in step) {
      try {
        const wanted = expand(step.http, this.places);
        const { status, text } = await ask(wanted, Number(this.places.port), () => this.#lost());
        return { kind: "answered", status, stdout: text };
      } catch (error) {
        return { kind: "broken", problem: `http: ${(error as Error).message}` };
      }
    }
    return step.background ? this.#start(step) : await this.#run(step);
  }

  /** End what still runs: by the steps that are left and do so, and whatever runs in the background. */
  async close(left: readonly Step[]): Promise<void> {
    for (const step of left) {
      if ("shell" in step && /\bkill\b/.test(step.shell)) await this.#shell(step.shell);
    }
    for (const { child } of this.#background) {
      end(child, "SIGTERM");
      if (await within(PATIENCE_MS, child.status) === undefined) end(child, "SIGKILL");
      await child.status;
    }
  }

  /** Whether all that could serve has ended. */
  #lost(): boolean {
    return this.#background.length > 0 && this.#background.every(({ ended }) => ended);
  }

  #command(words: readonly string[], options: Deno.CommandOptions): Deno.ChildProcess {
    const { work: cwd } = this.places;
    return new Deno.Command(words[0]!, {
      args: words.slice(1),
      cwd,
      clearEnv: true,
      env: this.env,
      ...options,
    })
      .spawn();
  }

  #words({ args }: GaitStep): string[] {
    return [...this.gait, ...args.map((arg) => expand(arg, this.places))];
  }

  #start(step: GaitStep): Outcome {
    const child = this.#command(this.#words(step), { stdin: "null", stdout: "null", stderr: "null" });
    const started = { child, ended: false };
    child.status.then(() => started.ended = true);
    this.#background.push(started);
    return { kind: "done" };
  }

  async #shell(script: string): Promise<Outcome> {
    const child = this.#command(["bash", "-c", expand(script, this.places)], {
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    const status = await within(TIMEOUT_MS, child.status);
    if (status === undefined) end(child, "SIGKILL");
    return status?.success
      ? { kind: "done" }
      : { kind: "broken", problem: `shell: ${status?.code ?? "no end"}` };
  }

  async #run(step: GaitStep): Promise<Outcome> {
    const child = this.#command(this.#words(step), { stdin: "piped", stdout: "piped", stderr: "piped" });
    const input = new TextEncoder().encode(expand(step.stdin ?? "", this.places));
    // A command that doesn't read its input to the end closes it.
    const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
    const output = await within(TIMEOUT_MS, child.output());
    if (output === undefined) {
      end(child, "SIGKILL");
      return { kind: "broken", problem: `no answer in ${TIMEOUT_MS / 1000} s` };
    }
    await fed;
    const exit = output.signal === null ? output.code : 128 - output.code; // -15 is SIGTERM
    try {
      const [stdout, stderr] = [output.stdout, output.stderr].map(textOf);
      return { kind: "ran", exit, stdout: stdout!, stderr: stderr! };
    } catch {
      return { kind: "broken", problem: "the output is not UTF-8" };
    }
  }
}

function end(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r\n?/g, "\n");
}

async function within<T>(milliseconds: number, wanted: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    return await Promise.race([wanted, promise]);
  } finally {
    clearTimeout(timer);
  }
}
