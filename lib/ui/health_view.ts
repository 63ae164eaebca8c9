import { diagnose, doctorContext } from "../doctor/diagnose.ts";
import { encodeDiagnosis } from "../doctor/encode.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { UiContext } from "./context.ts";

/** What `gait doctor --all` says of this installation and folder. */
export async function showHealth({ effects, version, commands }: UiContext): Promise<JsonObject> {
  const none = {
    privateKey: undefined,
    privateKeyEnv: undefined,
    publicKey: undefined,
    publicKeyEnv: undefined,
  };
  const context = doctorContext(
    { workdir: ".", outputDir: "./gait-out", keyMode: "", ...none, version, commands },
    effects,
  );
  const diagnosis = await diagnose(context, { production: false, further: true, only: [] });
  return encodeDiagnosis(diagnosis, { now: effects.now(), version, summary: false });
}
