/** A scalar as it stands in the text: what it means is decided by the field that reads it (docs/spec/gate.md 1.1). */
export interface YamlScalar {
  readonly kind: "scalar";
  /** Content after unquoting and unfolding. */
  readonly text: string;
  /** Neither quoted, nor a block, nor tagged as a string: such a scalar can be a number, a boolean or null. */
  readonly plain: boolean;
  /** Offset in the source. */
  readonly at: number;
}

/** A list. */
export interface YamlSequence {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
  /** Offset of each item; of an alias, where the alias stands. */
  readonly places: readonly number[];
  readonly at: number;
}

/** A mapping; keys are scalars and occur once, merge keys are resolved. */
export interface YamlMapping {
  readonly kind: "mapping";
  readonly entries: readonly YamlEntry[];
  readonly at: number;
}

/** One key with its value. */
export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

/** A node; aliases are resolved, so nodes can be shared, but never contain themselves. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** The text of a document and what to call it in messages. */
export interface YamlSource {
  readonly name: string;
  readonly text: string;
}

/** What a text holds. */
export interface YamlDocument {
  readonly source: YamlSource;
  /** Root of the first document; `undefined` when there is nothing, not even `null`. */
  readonly root: YamlNode | undefined;
  /** The nodes that aliases can stand for, with the names of their anchors. */
  readonly anchors: ReadonlyMap<YamlNode, string>;
  /** Number of documents; only the first is read. */
  readonly documents: number;
}
