import type { McpServeDefaults } from "../../config/sections.ts";
import { lower } from "../../formats/text.ts";

/** A problem in the service configuration, and the key that fixes it. */
export interface ServiceFault {
  readonly message: string;
  readonly key?: string;
  readonly value?: string;
}

const DEFAULT_LISTEN = "127.0.0.1:8787";
const MAX_BODY = 4_194_304;

/** The first problem of an enabled service (docs/spec/doctor.md 1.4). */
export function serviceBoundary(service: McpServeDefaults): ServiceFault | undefined {
  if (service.enabled !== true && service.listen === undefined) return undefined;
  const host = hostOf(service.listen ?? DEFAULT_LISTEN);
  if (host === undefined) return { message: "mcp_serve.listen is not host:port" };
  const mode = lower(service.auth_mode ?? "");
  if (!isLoopback(host) && mode !== "token") {
    return {
      message: "other machines can use the service without a token",
      key: "auth_mode",
      value: "token",
    };
  }
  if (mode === "token" && service.auth_token_env === undefined) {
    return { message: "no variable is configured for the token", key: "auth_token_env" };
  }
  if (service.allow_client_artifact_paths === true) {
    return {
      message: "clients may choose the paths of artifacts",
      key: "allow_client_artifact_paths",
      value: "false",
    };
  }
  const size = service.max_request_bytes ?? 0;
  if (size <= 0 || size > MAX_BODY) {
    return {
      message: `mcp_serve.max_request_bytes is not between 1 and ${MAX_BODY}`,
      key: "max_request_bytes",
      value: "1048576",
    };
  }
  if (lower(service.http_verdict_status ?? "") !== "strict") {
    return {
      message: "a block has the same HTTP status as an allow",
      key: "http_verdict_status",
      value: "strict",
    };
  }
  return undefined;
}

/** The host of `host:port`; an IPv6 address is in brackets. */
function hostOf(listen: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%A-Za-z]+)\]|([^:[\]]*)):([0-9A-Za-z]*)$/.exec(listen);
  return match ? match[1] ?? match[2] : undefined;
}

/** Whether only this machine can connect: `localhost`, or a literal loopback address. */
export function isLoopback(host: string): boolean {
  if (lower(host) === "localhost" || host === "::1" || lower(host) === "0:0:0:0:0:0:0:1") return true;
  return /^127\.(?:[0-9]{1,3}\.){2}[0-9]{1,3}$/.test(host) &&
    host.split(".").every((part) => Number(part) < 256);
}
