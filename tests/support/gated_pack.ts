import { prettyJson } from "../../lib/formats/json/mod.ts";
import { recordsOf } from "../../lib/gate/trace/write.ts";
import { buildAuthorizedRun } from "../../lib/pack/authorized/build.ts";
import type { PrivateKey } from "../../lib/signing/mod.ts";
import { aGate, approvalOf, decideOn, given, stops } from "./authority.ts";
import { FAKE_NOW, fakeEffects } from "./fake_effects.ts";
import { anIntent } from "./gate.ts";
import { memoryFiles } from "./memory_files.ts";

/** A pack of so many approved calls, each with an approval of its own. */
export async function gatedPack(count: number, key?: PrivateKey): Promise<Uint8Array<ArrayBuffer>> {
  const policy = stops();
  const gate = await aGate({ policy });
  const files: Record<string, string | Uint8Array> = { "policy.yaml": policy };
  for (let n = 0; n < count; n++) {
    const intent = anIntent({ toolName: `tool.n${n}` });
    const token = await approvalOf(gate, intent);
    const effects = fakeEffects({ now: () => FAKE_NOW + n });
    const decision = await decideOn(gate, intent, { approvals: given(token) }, effects);
    for (const { name, content } of recordsOf(decision)) files[`t/${name}`] = content;
    files[`t/approval_${n}.json`] = prettyJson(token);
  }
  const effects = { ...fakeEffects({ files: memoryFiles(files) }), os: "o", arch: "a" };
  const options = { traces: ["t"], policies: ["policy.yaml"], key };
  return (await buildAuthorizedRun(options, effects, "1.2.3")).pack.bytes;
}
