import { isInstalled } from "./programs.ts";

/**
 * A test with a requirement: if it is missing, the test counts as skipped, never as passed, and its name says why.
 *
 * @param missing what is missing here, as the reader of a report should see it; falsy when all is there
 */
export function testUnless(
  missing: string | false | undefined,
  name: string,
  fn: (context: Deno.TestContext) => void | Promise<void>,
  options: Omit<Deno.TestDefinition, "fn" | "name"> = {},
): void {
  const ignore = missing !== undefined && missing !== false;
  Deno.test({ ...options, name: ignore ? `${name} (skipped: ${missing})` : name, fn, ignore });
}

/** The first of these programs that is not installed, as a reason to skip. */
export function withoutProgram(...programs: readonly string[]): string | undefined {
  const absent = programs.find((program) => !isInstalled(program));
  return absent === undefined ? undefined : `${absent} is absent`;
}
