import { PINS_FOLDER } from "../../../mcp/pins/pin_file.ts";
import { text } from "../../define.ts";

/** Flags of all commands about pins. */
export const pinFlags = {
  pins: text("folder", "folder of the pins", { default: PINS_FOLDER }),
};
