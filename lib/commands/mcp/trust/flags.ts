import { PINS_FOLDER } from "../../../mcp/pins/pin_file.ts";
import { path } from "../../define.ts";

/** Flags of all commands about pins. */
export const pinFlags = {
  "pins-dir": path("folder", "folder of the pins", { default: PINS_FOLDER }),
};
