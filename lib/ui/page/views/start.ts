/// <reference lib="dom" />
import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { Command, Facts, Failure, Head, Panel } from "../parts/blocks.ts";
import { Json } from "../parts/json_view.ts";
import { Data } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { addressOf } from "../route.ts";
import { ask } from "../session/api.ts";
import type { Answer } from "../session/answer.ts";

/** A step of the tour. */
interface Step {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly command: string;
  readonly button: string;
  /** Do it; the answer is that of `/api/exec`. */
  readonly run: () => Promise<Answer>;
  /** Whether the step shows a failure, and so succeeds when the command fails. */
  readonly expectsFailure?: true;
}

const exec = (command: string) => () => ask("exec", { command });

const STEPS: readonly Step[] = [
  {
    id: "demo",
    title: "Record a run",
    about: "A small fixed run is recorded and signed: three tool calls with their results, in one file.",
    command: "gait demo",
    button: "Record",
    run: exec("demo"),
  },
  {
    id: "verify",
    title: "Verify it",
    about: "Every file is hashed and compared with the signed manifest, offline.",
    command: "gait verify run_demo",
    button: "Verify",
    run: exec("verify_demo"),
  },
  {
    id: "tamper",
    title: "Tamper with it",
    about: "One bit of a copy is flipped. The same verification must fail now, and it must say where.",
    command: "gait verify gait-out/tampered/runpack_run_demo.zip",
    button: "Flip a bit",
    expectsFailure: true,
    run: async () => {
      const { result, offset, before, after } = await ask("tamper");
      return { ...result, flipped: { offset, before, after } };
    },
  },
  {
    id: "init",
    title: "Make a regression of it",
    about: "The run becomes a fixture: what these calls did is what they are expected to do from here on.",
    command: "gait regress init --from run_demo",
    button: "Make it",
    run: exec("regress_init"),
  },
  {
    id: "regress",
    title: "Run the regression",
    about:
      "The fixture is graded. In continuous integration the same command fails the build when it drifts.",
    command: "gait regress run",
    button: "Run",
    run: exec("regress_run"),
  },
];

/** Start: demo, verify, tamper, regress, on real files of this folder. */
export function Start() {
  const [answers, setAnswers] = useState<Record<string, Answer>>({});
  const [errors, setErrors] = useState<Record<string, Error | undefined>>({});
  const [running, setRunning] = useState("");
  const run = async (step: Step) => {
    setRunning(step.id);
    setErrors({ ...errors, [step.id]: undefined });
    try {
      const answer = await step.run();
      setAnswers((held) => ({ ...held, [step.id]: answer }));
    } catch (error) {
      setErrors((held) => ({ ...held, [step.id]: error as Error }));
    }
    setRunning("");
  };
  const next = STEPS.find(({ id }) => answers[id] === undefined)?.id;
  return html`
    <${Head} title="Start"
      lead="Five steps on real files of this folder. Each is a command that you can type as well." />
        <ol class="tour">${STEPS.map((step, i) =>
          html`
            <${StepView} key=${step.id} step=${step} number=${i +
              1} isNext=${step.id === next} answer=${answers[step.id]}
              error=${errors[step.id]} running=${running} onRun=${() => run(step)} />
          `
        )}</ol>
        ${next === undefined && html`
          <${Panel} title="Where to go from here">
            <p>See the run under <a href=${addressOf("runs")}>Runs</a>, drop its file on${" "}
                <a href=${addressOf(
                  "verify",
                )}>Verify</a>, or see what would be risky under <a href=${addressOf("risk")}>Risk</a>.</p>
            </${Panel}>
        `}
  `;
}

function StepView({ step, number, isNext, answer, error, running, onRun }: {
  step: Step;
  number: number;
  isNext: boolean;
  answer: Answer;
  error: Error | undefined;
  running: string;
  onRun: () => void;
}) {
  const done = answer !== undefined;
  const asExpected = done && answer.ok !== (step.expectsFailure === true);
  return html`
    <li class=${`panel step ${isNext ? "next" : ""} ${done ? "done" : ""}`} data-step=${step
      .id} data-done=${done}>
      <span class="step-number" aria-hidden="true">${number}</span>
      <div class="step-body">
        <div class="step-head"><div><h2>${step.title}</h2><p class="dim">${step.about}</p>
          <${Command} text=${step.command} /></div>
          <button type="button" class=${isNext
            ? ""
            : "quiet"} disabled=${running !== ""} onClick=${onRun}>${running === step.id
            ? "Running…"
            : done
            ? "Again"
            : step.button}</button></div>
        <div aria-live="polite">${error && html`<${Failure} error=${error} />`}
          ${done && html`
            <div class="step-result">
              <p><${Badge} word=${asExpected ? "pass" : "fail"} text=${asExpected
                ? step.expectsFailure ? "it failed, as it must" : "done"
                : "not as expected"} /> <span class="dim">exit ${answer
                .exit_code}${answer.duration_ms === undefined ? "" : `, ${answer.duration_ms} ms`}</span></p>
              <${Outcome} id=${step.id} answer=${answer} />
              <details><summary>Output of the command</summary>${answer.json
                ? html`<${Json} value=${answer.json} label="Output" />`
                : html`<pre class="json" tabindex="0" aria-label="Output"><${Data} text=${
                  answer.stderr ?? answer.stdout ?? ""
                } /></pre>`}</details>
            </div>
          `}</div>
      </div>
    </li>
  `;
}

/** The few facts of an output that matter to the tour. */
function Outcome({ id, answer }: { id: string; answer: Answer }) {
  const json = answer.json ?? {};
  const mismatches = (json.hash_mismatches ?? []).map((one: Answer) => one.path).join(", ");
  return html`<${Facts} rows=${[
    ["Run", json.run_id && html`<${Data} text=${json.run_id} />`],
    ["File", (json.bundle ?? json.path) && html`<${Data} text=${json.bundle ?? json.path} code />`],
    [
      "Manifest",
      id !== "tamper" && json.manifest_digest && html`<${Data} text=${json.manifest_digest} code />`,
    ],
    [
      "Flipped",
      answer.flipped &&
      `byte ${answer.flipped.offset}: ${hex(answer.flipped.before)} became ${hex(answer.flipped.after)}`,
    ],
    ["Changed", mismatches !== "" && html`<${Data} text=${mismatches} />`],
    ["Says", json.error && html`<${Data} text=${json.error} />`],
    ["Fixture", json.fixture_dir && html`<${Data} text=${json.fixture_dir} code />`],
    ["Graders", json.graders !== undefined && `${json.graders}, ${json.status}`],
  ]} />`;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
