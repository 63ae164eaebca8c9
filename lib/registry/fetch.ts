import type { Effects, FetchAnswer, Http } from "../effects/types.ts";
import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { InstallError, untrusted } from "./failure.ts";
import { type AddressOptions, checkAddress, hostOf } from "./source.ts";

/** How often a source is tried, and the pauses in between. */
export interface Retries {
  /** Total number of attempts, at least 1. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly delay: number;
}

/** Whether and how remote sources are fetched. */
export interface FetchOptions extends AddressOptions, Retries {}

/** Effects for an installation. */
export type InstallEffects = Pick<Effects, "files" | "http" | "now" | "random">;

const TRY_MS = 20_000;
const MAX_REDIRECTS = 9;
/** No attempt starts later than this after the first one, regardless of how many are allowed. */
const TOTAL_MS = 120_000;
/** The longest pause. */
const MAX_DELAY_MS = 30_000;

const REDIRECTS = [301, 302, 303, 307, 308];
const TRANSIENT = [429, 502, 503, 504];

/** The `error_detail` of a program that has no network permission. */
export const NO_NETWORK = "network_permission_missing";

/**
 * Fetch a document, retrying if that may help (docs/spec/registry.md section 2, step 3).
 *
 * @throws {InstallError} if the fetch fails; `unsafe_operation` if this program has no permission to connect there
 */
export async function fetchDocument(
  url: URL,
  limit: number,
  rules: FetchOptions,
  effects: Omit<InstallEffects, "files">,
): Promise<Uint8Array<ArrayBuffer>> {
  checkAddress(url, rules);
  const http = await effects.http();
  const started = effects.now();
  for (let attempt = 1;; attempt++) {
    try {
      return await followRedirects(url, limit, rules, http);
    } catch (error) {
      const again = error instanceof InstallError && error.kind === "network_transient" &&
        attempt < rules.attempts && effects.now() - started < TOTAL_MS;
      if (!again) throw error;
    }
    await http.wait(pause(attempt, rules.delay, effects.random));
  }
}

/** Jitter: clients that were rejected at the same time must not retry at the same time. */
function pause(attempt: number, delay: number, random: (length: number) => Uint8Array): number {
  const spread = Math.min(25 * attempt, 100) * random(1)[0]! / 255;
  return Math.min(delay * 2 ** Math.min(attempt - 1, 30), MAX_DELAY_MS) + spread;
}

/** Every redirect is checked like the first address: it may lead to a host or a scheme that was not allowed. */
async function followRedirects(
  start: URL,
  limit: number,
  rules: FetchOptions,
  http: Http,
): Promise<Uint8Array<ArrayBuffer>> {
  let url = start;
  for (let redirects = 0;; redirects++) {
    checkAddress(url, rules);
    if (!http.mayReach(url.href)) throw noNetwork(url);
    const answer = await ask(url, limit, http);
    if (answer.status === 200) return answer.body;
    if (!REDIRECTS.includes(answer.status) || answer.location === undefined) {
      throw refusedBy(url, answer.status);
    }
    if (redirects === MAX_REDIRECTS) {
      throw new InstallError(
        "network_permanent",
        "too_many_redirects",
        `"${hostOf(url)}" redirects more than ${MAX_REDIRECTS} times`,
        "Give the address that the redirects lead to",
      );
    }
    url = target(answer.location, url);
  }
}

async function ask(url: URL, limit: number, http: Http): Promise<FetchAnswer> {
  try {
    return await http.get({ url: url.href, timeout: TRY_MS, limit });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    const passing = error.code === "network_transient";
    throw new InstallError(
      passing ? "network_transient" : "network_permanent",
      "no_answer",
      `Cannot fetch from "${hostOf(url)}": ${error.message}`,
      passing
        ? "Try again later, or install a downloaded file"
        : "Check the address, or install a downloaded file",
      error,
    );
  }
}

function refusedBy(url: URL, status: number): InstallError {
  return new InstallError(
    TRANSIENT.includes(status) ? "network_transient" : "network_permanent",
    "http_status",
    `"${hostOf(url)}" answered with status ${status}`,
    TRANSIENT.includes(status) ? "Try again later, or install a downloaded file" : "Check the address",
  );
}

function target(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw untrusted(
      "bad_redirect",
      `"${hostOf(from)}" redirects without a valid address`,
      "Ask the operator of the server",
    );
  }
}

function noNetwork(url: URL): GaitError {
  return unsafeOperation(
    `This program may not connect to "${hostOf(url)}": it has network access to loopback only`,
    {
      detail: NO_NETWORK,
      hint:
        "Download the manifest and install the file, or use the gait-online build, which has network access",
    },
  );
}
