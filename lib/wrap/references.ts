import { compareBytewise, concat } from "../formats/bytes.ts";
import { trim } from "../formats/text.ts";

/** Bytes of each stream that are kept for the report. Later output is still searched for references. */
export const KEPT_OUTPUT = 4 * 1024 * 1024;

/** Bytes of each line that are searched; no valid path is longer. */
const MAX_LINE = 64 * 1024;

/** Maximum number of distinct paths of each kind. */
export const MAX_REFERENCES = 10_000;

const KINDS = ["trace_path", "runpack_path"] as const;
type Kind = typeof KINDS[number];

/** The stream of a child that a piece of output came from. */
export type Stream = "stdout" | "stderr";

/** The output of a child, and the artifacts that it named. */
export interface ChildOutput {
  /** Paths after `trace_path=`, unique and sorted. */
  readonly tracePaths: readonly string[];
  /** Paths after `runpack_path=`. */
  readonly runpackPaths: readonly string[];
  /** Whether it named more than {@linkcode MAX_REFERENCES}, so that some were not collected. */
  readonly tooMany: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** The streams of which only the beginning was kept. */
  readonly truncated: readonly Stream[];
}

/**
 * Collects references from the output of a child as it comes, in bounded memory (docs/spec/regress.md section 3):
 * lines that begin with `trace_path=` or `runpack_path=` after trimming. References inside JSON output don't count.
 */
export class ReferenceCollector {
  readonly #streams: Readonly<Record<Stream, StreamState>> = { stdout: newState(), stderr: newState() };
  readonly #found: Readonly<Record<Kind, Set<string>>> = { trace_path: new Set(), runpack_path: new Set() };
  #tooMany = false;

  /** Take a piece of output. */
  take(stream: Stream, bytes: Uint8Array): void {
    const state = this.#streams[stream];
    const kept = bytes.subarray(0, KEPT_OUTPUT - state.kept);
    if (kept.length > 0) state.parts.push(kept.slice());
    state.kept += kept.length;
    state.cut ||= kept.length < bytes.length;
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(0x0a, from);
      const end = newline < 0 ? bytes.length : newline;
      const part = bytes.subarray(from, Math.min(end, from + MAX_LINE - state.length));
      if (part.length > 0) state.line.push(part.slice());
      state.length += part.length;
      if (newline >= 0) this.#endLine(state);
      from = end + 1;
    }
  }

  /** Return everything that was collected; the last line needs no newline. */
  end(): ChildOutput {
    for (const state of Object.values(this.#streams)) this.#endLine(state);
    const { stdout, stderr } = this.#streams;
    return {
      tracePaths: [...this.#found.trace_path].sort(compareBytewise),
      runpackPaths: [...this.#found.runpack_path].sort(compareBytewise),
      tooMany: this.#tooMany,
      stdout: textOf(stdout),
      stderr: textOf(stderr),
      truncated: (["stdout", "stderr"] as const).filter((stream) => this.#streams[stream].cut),
    };
  }

  #endLine(state: StreamState): void {
    if (state.length > 0) this.#search(trim(new TextDecoder().decode(concat(state.line))));
    state.line = [];
    state.length = 0;
  }

  #search(line: string): void {
    for (const kind of KINDS) {
      if (!line.startsWith(`${kind}=`)) continue;
      const path = trim(line.slice(kind.length + 1));
      const found = this.#found[kind];
      if (path === "" || found.has(path)) continue;
      if (found.size < MAX_REFERENCES) found.add(path);
      else this.#tooMany = true;
    }
  }
}

interface StreamState {
  readonly parts: Uint8Array[];
  kept: number;
  cut: boolean;
  line: Uint8Array[];
  length: number;
}

function newState(): StreamState {
  return { parts: [], kept: 0, cut: false, line: [], length: 0 };
}

function textOf({ parts }: StreamState): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(concat(parts));
}
