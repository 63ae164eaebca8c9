import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import { PUBLISHED } from "../../lib/schema/published/mod.ts";
import { renderSchema } from "../../scripts/schemas.ts";

/** A published schema, ready to be tried. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors: unknown;
}

/** A validator of a schema, of the draft that it names. */
export function validator(schema: Record<string, unknown>): Validator {
  const draft = String(schema.$schema).includes("draft-07") ? Ajv : Ajv2020;
  // deno-lint-ignore no-explicit-any -- ajv is CommonJS, its types do not carry over
  return new (draft as any)({ strict: false, logger: false }).compile(schema);
}

/** A schema below schemas/v1, as the sources make it. */
export function published(file: string): Record<string, unknown> {
  return JSON.parse(renderSchema(PUBLISHED.find((entry) => entry.file === file)!));
}
