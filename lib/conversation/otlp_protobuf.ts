import { GaitError, invalidInput } from "../errors/mod.ts";
import { base64, hex } from "../formats/bytes.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { doubleOf, type ProtobufField, protobufText, readProtobuf, signed64 } from "../formats/protobuf.ts";

/**
 * Exports of spans by OTLP's own encoding (Protocol Buffers: `ExportTraceServiceRequest`, `TracesData`), as one
 * message or, as the file exporter of the OpenTelemetry Collector writes them, several, each behind its length in
 * four bytes. They come out as OTLP JSON has them.
 *
 * @returns `undefined` if the bytes are no such export
 * @throws {GaitError} `invalid_input` if they are one with a fault inside
 */
export function readOtlpProtobuf(bytes: Uint8Array, what: string): JsonObject[] | undefined {
  if (!isBinary(bytes)) return undefined;
  if (isExport(bytes)) return [readMessage(bytes, EXPORT, what, 0)];
  const parts = framesIn(bytes);
  return parts?.map((part, i) => readMessage(part, EXPORT, `message ${i + 1} of ${what}`, 0));
}

/** Whether a file begins with bytes that no JSON text has: so no file can be taken for either. */
const isBinary = (bytes: Uint8Array) =>
  bytes.subarray(0, 4096).some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);

/** Whether a file begins as an export of spans does, even if it is torn further on. */
export const beginsAsExport = (bytes: Uint8Array): boolean => bytes[0] === 0x0a && isBinary(bytes);

/** Whether the outermost fields are spans by resource, and nothing else: hardly any other file looks like that. */
function isExport(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  try {
    for (const { number, wire } of readProtobuf(bytes, "file")) {
      if (number !== 1 || wire !== "bytes") return false;
    }
    return true;
  } catch (error) {
    if (error instanceof GaitError) return false;
    throw error;
  }
}

/** The messages of a file in which each follows its length; `undefined` if it is none. */
function framesIn(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) return undefined;
    const size = view.getUint32(at);
    at += 4;
    if (size === 0 || size > bytes.length - at) return undefined;
    const part = bytes.subarray(at, at + size);
    if (!isExport(part)) return undefined;
    parts.push(part);
    at += size;
  }
  return parts.length > 0 ? parts : undefined;
}

/** How the value of a field is read. */
type Kind =
  | "text"
  | "id"
  | "bytes"
  | "enum"
  | "uint32"
  | "fixed32"
  | "fixed64"
  | "bool"
  | "int64"
  | "double"
  | "skip"
  | (() => Shape);

/** The fields of a message: name in OTLP JSON, kind, and whether it repeats. */
interface Shape {
  readonly fields: Readonly<Record<number, readonly [name: string, kind: Kind, repeated?: "repeated"]>>;
  /** Whether exactly one member is allowed and zero is a value, as in `AnyValue`. */
  readonly oneof?: boolean;
}

/** opentelemetry/proto/common/v1/common.proto */
const ANY_VALUE: Shape = {
  oneof: true,
  fields: {
    1: ["stringValue", "text"],
    2: ["boolValue", "bool"],
    3: ["intValue", "int64"],
    4: ["doubleValue", "double"],
    5: ["arrayValue", () => ({ fields: { 1: ["values", () => ANY_VALUE, "repeated"] } })],
    6: ["kvlistValue", () => ({ fields: { 1: ["values", () => KEY_VALUE, "repeated"] } })],
    7: ["bytesValue", "bytes"],
  },
};

const KEY_VALUE: Shape = { fields: { 1: ["key", "text"], 2: ["value", () => ANY_VALUE] } };

const attributes = ["attributes", () => KEY_VALUE, "repeated"] as const;

/** opentelemetry/proto/trace/v1/trace.proto */
const STATUS: Shape = {
  fields: { 1: ["deprecatedCode", "skip"], 2: ["message", "text"], 3: ["code", "enum"] },
};

const EVENT: Shape = {
  fields: {
    1: ["timeUnixNano", "fixed64"],
    2: ["name", "text"],
    3: attributes,
    4: ["droppedAttributesCount", "uint32"],
  },
};

const LINK: Shape = {
  fields: {
    1: ["traceId", "id"],
    2: ["spanId", "id"],
    3: ["traceState", "text"],
    4: attributes,
    5: ["droppedAttributesCount", "uint32"],
    6: ["flags", "fixed32"],
  },
};

const SPAN: Shape = {
  fields: {
    1: ["traceId", "id"],
    2: ["spanId", "id"],
    3: ["traceState", "text"],
    4: ["parentSpanId", "id"],
    5: ["name", "text"],
    6: ["kind", "enum"],
    7: ["startTimeUnixNano", "fixed64"],
    8: ["endTimeUnixNano", "fixed64"],
    9: attributes,
    10: ["droppedAttributesCount", "uint32"],
    11: ["events", () => EVENT, "repeated"],
    12: ["droppedEventsCount", "uint32"],
    13: ["links", () => LINK, "repeated"],
    14: ["droppedLinksCount", "uint32"],
    15: ["status", () => STATUS],
    16: ["flags", "fixed32"],
  },
};

const SCOPE: Shape = {
  fields: {
    1: ["name", "text"],
    2: ["version", "text"],
    3: attributes,
    4: ["droppedAttributesCount", "uint32"],
  },
};

const SCOPE_SPANS: Shape = {
  fields: {
    1: ["scope", () => SCOPE],
    2: ["spans", () => SPAN, "repeated"],
    3: ["schemaUrl", "text"],
  },
};

const RESOURCE_SPANS: Shape = {
  fields: {
    1: ["resource", () => ({ fields: { 1: attributes, 2: ["droppedAttributesCount", "uint32"] } })],
    2: ["scopeSpans", () => SCOPE_SPANS, "repeated"],
    3: ["schemaUrl", "text"],
    // Spans of OTLP before 0.15: the reader of exports refuses them by this name.
    1000: ["instrumentationLibrarySpans", () => SCOPE_SPANS, "repeated"],
  },
};

const EXPORT: Shape = { fields: { 1: ["resourceSpans", () => RESOURCE_SPANS, "repeated"] } };

/** Deepest nesting of attribute values. */
const MAX_NESTING = 64;

/**
 * Read a message by its shape. Unknown fields are left out, as the encoding wants it, but not in a value of an
 * attribute. A field that occurs twice though it may not is refused: readers would disagree about its value.
 */
function readMessage(bytes: Uint8Array, shape: Shape, what: string, depth: number): JsonObject {
  if (depth > MAX_NESTING) throw invalidInput(`Cannot read ${what}: its values are nested too deeply`);
  const members = new Map<string, JsonValue>();
  const seen = new Set<number>();
  for (const field of readProtobuf(bytes, what)) {
    const known = Object.hasOwn(shape.fields, field.number) ? shape.fields[field.number] : undefined;
    if (known === undefined) {
      if (shape.oneof) throw invalidInput(`Cannot read ${what}: a value is of a kind that is not known`);
      continue;
    }
    const [name, kind, repeated] = known;
    if (repeated === undefined && (seen.has(field.number) || shape.oneof && seen.size > 0)) {
      throw invalidInput(`Cannot read ${what}: ${name} occurs twice in a message`);
    }
    seen.add(field.number);
    if (kind === "skip") continue;
    const value = valueOf(field, kind, what, depth);
    if (value === undefined) throw invalidInput(`Cannot read ${what}: ${name} has the type of another field`);
    if (repeated) {
      const list = members.get(name);
      if (Array.isArray(list)) list.push(value);
      else members.set(name, [value]);
    } else if (shape.oneof || !isDefault(value)) members.set(name, value);
  }
  return Object.fromEntries(members);
}

/** OTLP JSON omits what a field has anyway. */
const isDefault = (value: JsonValue) => value === "" || value === 0 || value === "0";

/** The value of a field; `undefined` if it is not of the kind. */
function valueOf(
  field: ProtobufField,
  kind: Exclude<Kind, "skip">,
  what: string,
  depth: number,
): JsonValue | undefined {
  const { wire, value } = field;
  if (typeof kind === "function") {
    return wire === "bytes" ? readMessage(value, kind(), what, depth + 1) : undefined;
  }
  if (wire === "bytes") {
    if (kind === "text") return protobufText(value, what);
    if (kind === "id") return hex(value);
    if (kind === "bytes") return base64(value);
  } else if (wire === "varint") {
    if (kind === "bool") return value !== 0n;
    if (kind === "int64") return String(signed64(value));
    if (kind === "enum" || kind === "uint32") return Number(BigInt.asUintN(32, value));
  } else if (wire === "fixed64") {
    if (kind === "fixed64") return String(value);
    if (kind === "double") {
      const number = doubleOf(value);
      return Number.isFinite(number) ? number : String(number);
    }
  } else if (kind === "fixed32") return Number(value);
  return undefined;
}
