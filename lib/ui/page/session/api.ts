/// <reference lib="dom" />
import { currentToken } from "./token.ts";
import type { Answer } from "./answer.ts";

/** An answer of the server that is no success. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;
  /** The kind of the error, where the page acts on it. */
  readonly detail: string;

  constructor(status: number, message: string, hint = "", detail = "") {
    super(message);
    this.status = status;
    this.hint = hint;
    this.detail = detail;
  }
}

/** Called when the server refuses the token. */
let onRefused = () => {};

export function whenRefused(listen: () => void): void {
  onRefused = listen;
}

/** Headers with the token, which travels nowhere else. */
export function headers(): Record<string, string> {
  return { authorization: `Bearer ${currentToken()}` };
}

/**
 * Ask the server.
 *
 * @throws {ApiError} with status 0 when it can't be reached
 */
export async function ask(path: string, body: unknown = {}, signal?: AbortSignal): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { ...headers(), "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "The server does not answer", "It may have been stopped: start gait ui again");
  }
  return await read(answer);
}

/** Ask for what needs no fields. */
export async function look(path: string): Promise<Answer> {
  try {
    return await read(await fetch(`/api/${path}`, { headers: headers() }));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, "The server does not answer", "It may have been stopped: start gait ui again");
  }
}

async function read(answer: Response): Promise<Answer> {
  if (answer.status === 401) onRefused();
  let value;
  try {
    value = await answer.json();
  } catch {
    throw new ApiError(answer.status, `The server answered ${answer.status}`);
  }
  // A command that failed answers 200 with its exit status; only errors of the API are thrown.
  if (answer.ok) return value;
  throw new ApiError(
    answer.status,
    String(value.error ?? `The server answered ${answer.status}`),
    value.hint ?? "",
    value.error_detail ?? "",
  );
}
