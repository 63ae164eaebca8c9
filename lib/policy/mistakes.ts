import type { ErrorDetails } from "../errors/mod.ts";
import { YamlError, type YamlSource } from "../formats/yaml/mod.ts";

/** Mistakes that are reported at once; a file with more is hardly a policy. */
const MOST = 50;

interface Mistake {
  readonly at: number;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * The mistakes of a policy, gathered while it is read, so that its author sees all of them at once.
 *
 * INVARIANT: what was read beside a mistake is never used; {@linkcode throwIfAny} stands between the two.
 */
export class Mistakes {
  readonly #found = new Map<string, Mistake>();
  readonly source: YamlSource;

  constructor(source: YamlSource) {
    this.source = source;
  }

  /**
   * At one place only the first counts: what follows there follows from it.
   *
   * @param missing the member that should be there; several may be missing at one place
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
