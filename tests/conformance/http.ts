import { request } from "node:http";
import type { HttpRequest, Json } from "./case.ts";

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const DEADLINE_MS = 20_000;
const PAUSE_MS = 50;

/**
 * Ask 127.0.0.1, and wait while nothing listens there yet.
 *
 * @param lost whether nobody is left who could begin to listen
 */
export async function ask(wanted: HttpRequest, port: number, lost: () => boolean): Promise<Answer> {
  const until = performance.now() + DEADLINE_MS;
  while (true) {
    const hopeless = lost();
    try {
      return await askOnce(wanted, port);
    } catch (error) {
      if ((error as { code?: string }).code !== "ECONNREFUSED" || hopeless || performance.now() > until) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Not by `fetch`: it adds headers of its own, and the cases say exactly what is sent. */
function askOnce({ method, path, headers = {}, body, json }: HttpRequest, port: number): Promise<Answer> {
  const sent = json === undefined ? body : printBody(json);
  const bytes = new TextEncoder().encode(sent ?? "");
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const more: Record<string, string> = {};
  if (sent !== undefined && !named.has("content-type")) {
    more["Content-Type"] = "application/x-www-form-urlencoded";
  }
  if ((sent !== undefined || method !== "GET") && !named.has("content-length")) {
    more["Content-Length"] = String(bytes.length);
  }
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...more, ...headers },
      agent: false,
      timeout: DEADLINE_MS,
    };
    const asked = request(options, async (answer) => {
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        const text = await new Blob(chunks as Uint8Array<ArrayBuffer>[]).bytes();
        resolve({
          status: answer.statusCode!,
          text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(text),
        });
      } catch (error) {
        reject(error);
      }
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", reject);
    asked.end(sent === undefined ? undefined : bytes);
  });
}

/** A body with the bytes that were recorded: blanks after `,` and `:`, and ASCII alone. */
function printBody(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printBody).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${
      Object.entries(value).map(([name, item]) => `${printBody(name)}: ${printBody(item)}`).join(", ")
    }}`;
  }
  if (typeof value === "bigint") return `${value}`;
  const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[\x7f-\uffff]/g, unit);
}
