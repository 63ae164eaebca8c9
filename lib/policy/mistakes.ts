import type { ErrorDetails } from "../errors/mod.ts";
import { YamlError, type YamlSource } from "../formats/yaml/mod.ts";

/** The most mistakes that are reported at once; a file with more is hardly a policy. */
const MOST = 50;

interface Mistake {
  readonly at: number;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * Collects the mistakes of a policy while it is read, so that its author sees all of them at once.
 *
 * INVARIANT: a policy with mistakes is never used: {@linkcode throwIfAny} is called before it is.
 */
export class Mistakes {
  readonly #found = new Map<string, Mistake>();
  readonly source: YamlSource;

  constructor(source: YamlSource) {
    this.source = source;
  }

  /**
   * Only the first mistake at an offset counts; later ones are its consequences.
   *
   * @param missing the missing member; several may be missing at the same offset
   */
  add(at: number, message: string, details: ErrorDetails, missing = ""): void {
    const key = `${at} ${missing}`;
    if (this.#found.size < MOST && !this.#found.has(key)) this.#found.set(key, { at, message, details });
  }

  /** @throws {YamlError} the first one in the file, with the others */
  throwIfAny(): void {
    if (this.#found.size === 0) return;
    const errorOf = ({ at, message, details }: Mistake, others: readonly YamlError[] = []) =>
      new YamlError(this.source, at, message, { ...details, ...(others.length > 0 ? { others } : {}) });
    const [first, ...rest] = [...this.#found.values()].sort((a, b) => a.at - b.at);
    throw errorOf(first!, rest.map((mistake) => errorOf(mistake)));
  }
}
