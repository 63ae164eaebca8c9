import type { Effects } from "../../effects/types.ts";
import { invalidInput, invalidOption } from "../../errors/mod.ts";
import { decodeUtf8Strict, fromBase64 } from "../../formats/bytes.ts";
import { trim } from "../../formats/text.ts";

/** Where a secret key may come from; the variable takes precedence over the command. */
export interface SecretKeySources {
  /** Environment variable that holds it. */
  readonly keyEnv?: string | undefined;
  /** Program that prints it. */
  readonly keyCommand?: string | undefined;
  readonly keyCommandArgs?: readonly string[];
}

/** An AES-256 key, and its source as artifacts and JSON output name it. */
export interface SecretKey {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: { readonly mode: "env"; readonly ref: string } | {
    readonly mode: "command";
    readonly command: string;
  };
}

const KEY_BYTES = 32;

/**
 * Long enough for a program that waits for a person to touch a hardware token; a program that hangs must not block
 * gait.
 */
const COMMAND_TIMEOUT = 30_000;

/** A key has 44 characters; the rest is room for what the program prints on standard error. */
const COMMAND_OUTPUT = 16_384;

/**
 * The key to encrypt or decrypt with (docs/spec/guard.md section 7).
 *
 * @throws {GaitError} `invalid_input` without a source, or if the source does not yield a 32-byte key;
 * `dependency_missing` if the key program is missing. No error message shows the key material.
 */
export async function loadSecretKey(
  { keyEnv, keyCommand, keyCommandArgs = [] }: SecretKeySources,
  { env, runChild }: Pick<Effects, "env" | "runChild">,
): Promise<SecretKey> {
  const variable = trim(keyEnv ?? "");
  if (variable !== "") {
    const held = env.get(variable) ?? "";
    if (trim(held) === "") {
      throw invalidInput(`Cannot read key: environment variable "${variable}" is not set`, {
        hint: `Export it first; it holds the base64 form of ${KEY_BYTES} bytes`,
      });
    }
    return {
      bytes: decodeKey(held, `"${variable}"`),
      source: { mode: "env", ref: variable },
    };
  }
  const command = trim(keyCommand ?? "");
  if (command === "") {
    throw invalidOption(
      () => "Missing key: none was given to encrypt or decrypt with",
      (name) =>
        `Give ${name("keyEnv")} or ${name("keyCommand")}; make a key with: head -c 32 /dev/urandom | base64`,
    );
  }
  const child = await runChild({
    command,
    args: keyCommandArgs,
    timeout: COMMAND_TIMEOUT,
    outputLimit: COMMAND_OUTPUT,
    linger: 0,
  });
  if (child.timedOut) throw commandFailed(command, `it ran for more than ${COMMAND_TIMEOUT / 1000} seconds`);
  if (child.code !== 0) {
    throw commandFailed(command, `it ended with ${child.signal ?? `status ${child.code}`}`);
  }
  if (child.size > COMMAND_OUTPUT) {
    throw commandFailed(command, `it printed more than ${COMMAND_OUTPUT} bytes`);
  }
  const printed = decodeUtf8Strict(child.stdout) ?? "";
  return { bytes: decodeKey(printed, `the output of "${command}"`), source: { mode: "command", command } };
}

function commandFailed(command: string, reason: string) {
  return invalidInput(`Cannot read key: command "${command}" failed, ${reason}`, {
    hint: "Run the command on its own; it must print the key and exit with status 0",
  });
}

/** Line breaks are skipped, because some tools wrap long keys. */
function decodeKey(text: string, where: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(trim(text).replace(/[\r\n]/g, ""));
  if (bytes?.length === KEY_BYTES) return bytes;
  throw invalidInput(`Cannot read key: ${where} is not the base64 form of ${KEY_BYTES} bytes`, {
    hint: "Make a key with: head -c 32 /dev/urandom | base64",
  });
}
