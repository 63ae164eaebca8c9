import type { Http } from "../../../effects/types.ts";
import { concat } from "../../../formats/bytes.ts";
import { plainText } from "../../../serve/responses.ts";
import type { Route } from "../../../serve/guard.ts";
import { ENDPOINT } from "./endpoint.ts";

/** Where a server says who gives out tokens for it. */
const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** The most bytes of such a document. */
const MAX_BYTES = 1 << 20;

/**
 * Routes that pass on how a server wants its clients to prove who they are (docs/spec/mcp.md 10.10), for a gateway that
 * asks for no token itself.
 */
export function resourceMetadataRoutes(upstream: string, http: Pick<Http, "exchange">): [string, Route][] {
  return [WELL_KNOWN, `${WELL_KNOWN}${ENDPOINT}`].map((path) => {
    const { origin, pathname } = new URL(upstream);
    const url = origin + WELL_KNOWN + (path === WELL_KNOWN || pathname === "/" ? "" : pathname);
    return [path, {
      method: "GET",
      open: true,
      async answer() {
        const signal = AbortSignal.timeout(10_000);
        const answer = await http.exchange({
          url,
          method: "GET",
          headers: { accept: "application/json" },
          signal,
        });
        const parts: Uint8Array[] = [];
        let size = 0;
        for await (const part of answer.body) {
          size += part.length;
          if (size > MAX_BYTES) return plainText(502, "The document of the server is too large");
          parts.push(part);
        }
        return {
          status: answer.status,
          headers: {
            "content-type": answer.header("content-type") ?? "text/plain",
            "x-content-type-options": "nosniff",
          },
          body: new TextDecoder().decode(concat(parts)),
        };
      },
    }];
  });
}
