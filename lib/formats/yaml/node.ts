/** A scalar as written: the field that reads it determines its type (docs/spec/gate.md 1.1). */
export interface YamlScalar {
  readonly kind: "scalar";
  /** Content after unquoting and unfolding. */
  readonly text: string;
  /** Neither quoted, nor a block, nor tagged as a string, so it may be a number, a boolean or null. */
  readonly plain: boolean;
  /** Offset in the source. */
  readonly at: number;
}

/** A list. */
export interface YamlSequence {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
  /** Offset of each item, or of the alias that refers to it. */
  readonly places: readonly number[];
  readonly at: number;
}

/** A mapping; keys are unique scalars, merge keys are resolved. */
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

/** A node; aliases are resolved, so nodes may be shared, but never contain themselves. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** The text of a document and its name in messages. */
export interface YamlSource {
  readonly name: string;
  readonly text: string;
}

/** A parsed document. */
export interface YamlDocument {
  readonly source: YamlSource;
  /** Root of the first document; `undefined` if the document is empty. */
  readonly root: YamlNode | undefined;
  /** The anchored nodes, with the names of their anchors. */
  readonly anchors: ReadonlyMap<YamlNode, string>;
  /** Number of documents; only the first is read. */
  readonly documents: number;
}
