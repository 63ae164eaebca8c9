import { compareBytewise } from "../formats/bytes.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { encodeReceipt, encodeRefs, type Receipt, type Refs } from "../schema/runpack.ts";

/** What is behind a class of drift (weak spot 10 of docs/spec/pack.md). Empty when a side can't be read. */
export interface ContextDetail {
  /** Members of the refs themselves that differ, e.g. `run_id`. */
  readonly headFields?: readonly string[];
  readonly addedReceipts?: readonly string[];
  readonly removedReceipts?: readonly string[];
  readonly changedReceipts?: readonly { readonly refId: string; readonly fields: readonly string[] }[];
}

/** Tell which receipts changed, and in which members. Receipts of one id are compared in their order. */
export function describeDrift(left: Refs | undefined, right: Refs | undefined): ContextDetail {
  if (!left || !right) return {};
  const [before, after] = [byId(left.receipts), byId(right.receipts)];
  const added: string[] = [];
  const removed: string[] = [];
  const changed: { refId: string; fields: string[] }[] = [];
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort(compareBytewise)) {
    const [olds, news] = [before.get(id) ?? [], after.get(id) ?? []];
    for (let i = 0; i < Math.max(olds.length, news.length); i++) {
      const [was, is] = [olds[i], news[i]];
      if (!was) added.push(id);
      else if (!is) removed.push(id);
      else {
        const fields = differing(encodeReceipt(was), encodeReceipt(is));
        if (fields.length > 0) changed.push({ refId: id, fields });
      }
    }
  }
  const head = differing({ ...encodeRefs(left), receipts: [] }, { ...encodeRefs(right), receipts: [] });
  return { headFields: head, addedReceipts: added, removedReceipts: removed, changedReceipts: changed };
}

function byId(receipts: readonly Receipt[]): Map<string, Receipt[]> {
  return Map.groupBy(receipts, (receipt) => receipt.ref_id);
}

function differing(left: JsonObject, right: JsonObject): string[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareBytewise);
  return names.filter((name) => canonicalize(left[name] ?? null) !== canonicalize(right[name] ?? null));
}
