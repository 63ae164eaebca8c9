import { html } from "../html.ts";
import { safe } from "./safe_text.ts";

/** How a word is drawn: its tone and shape. The word itself is always written, so that colour alone says nothing. */
interface Look {
  readonly tone: "good" | "bad" | "warn" | "plain";
  readonly shape: keyof typeof SHAPES;
  readonly label?: string;
}

/** Outlines of 16 by 16, each with its mark. */
const SHAPES = {
  circle: ["M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z", "M4.8 8.3l2.2 2.2 4.2-4.6"],
  octagon: ["M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z", "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"],
  diamond: ["M8 .8L15.2 8 8 15.2.8 8Z", "M8 4.6v4M8 10.9v.4"],
  square: ["M2 2h12v12H2Z", "M5 8h6"],
  triangle: ["M8 1.2L15.4 14.4H.6Z", "M8 6v4M8 12v.3"],
} as const;

const LOOKS: Readonly<Record<string, Look>> = {
  allow: { tone: "good", shape: "circle" },
  ok: { tone: "good", shape: "circle" },
  pass: { tone: "good", shape: "circle" },
  verified: { tone: "good", shape: "circle" },
  completed: { tone: "good", shape: "circle" },
  same: { tone: "plain", shape: "circle" },
  running: { tone: "good", shape: "square" },
  block: { tone: "bad", shape: "octagon" },
  error: { tone: "bad", shape: "octagon" },
  fail: { tone: "bad", shape: "octagon" },
  failed: { tone: "bad", shape: "octagon" },
  not_verified: { tone: "bad", shape: "octagon", label: "not verified" },
  emergency_stopped: { tone: "bad", shape: "octagon", label: "stopped" },
  cancelled: { tone: "plain", shape: "square" },
  blocked: { tone: "bad", shape: "octagon" },
  missing: { tone: "bad", shape: "triangle" },
  state_edited: { tone: "bad", shape: "octagon", label: "edited" },
  event_log_edited: { tone: "bad", shape: "octagon", label: "edited" },
  event_log_cut: { tone: "bad", shape: "octagon", label: "edited" },
  pending_mutation: { tone: "warn", shape: "diamond", label: "not finished" },
  unreadable: { tone: "bad", shape: "triangle" },
  require_approval: { tone: "warn", shape: "diamond", label: "needs approval" },
  decision_needed: { tone: "warn", shape: "diamond", label: "decision needed" },
  changed: { tone: "warn", shape: "diamond" },
  inserted: { tone: "warn", shape: "diamond", label: "added" },
  warn: { tone: "warn", shape: "triangle" },
  warning: { tone: "warn", shape: "triangle" },
  note: { tone: "plain", shape: "square" },
  signer_unknown: { tone: "warn", shape: "diamond", label: "signer unknown" },
  not_signed: { tone: "warn", shape: "diamond", label: "not signed" },
  unknown_key: { tone: "warn", shape: "diamond", label: "unknown key" },
  unchecked: { tone: "plain", shape: "square", label: "not checked" },
  paused: { tone: "warn", shape: "square" },
  dry_run: { tone: "plain", shape: "square", label: "dry run" },
};

/** What a word is drawn as; unknown words are plain. */
export function lookOf(word: string): Look {
  return Object.hasOwn(LOOKS, word) ? LOOKS[word]! : { tone: "plain", shape: "square" };
}

/** A word as a person reads it. */
export function labelOf(word: string): string {
  return lookOf(word).label ?? word;
}

/** The shape of a word. */
export function Shape({ word }: { word: string }) {
  const [outline, mark] = SHAPES[lookOf(word).shape];
  return html`
    <svg class="shape" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d=${outline} />
      <path class="mark" d=${mark} />
    </svg>
  `;
}

/** A verdict or status. */
export function Badge({ word, text }: { word: string; text?: string }) {
  return html`<span class=${`badge ${lookOf(word).tone}`}><${Shape} word=${word} />${
    safe(text ?? labelOf(word), 40)
  }</span>`;
}
