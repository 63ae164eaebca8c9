import { type PathStyle, pathStyleOf } from "../formats/path_style.ts";

/** How this platform writes paths. */
export const PATH_STYLE: PathStyle = pathStyleOf(Deno.build.os);
