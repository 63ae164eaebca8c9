/**
 * The intent ids of calls: the call's own id where no other call has it, else `call_<n>` with its position counted
 * from 1, and `call_<n>_2`, `_3`, … when that is taken.
 *
 * INVARIANT: all ids differ, whatever ids the calls bring; a result names exactly one intent.
 */
export function intentIds(ownIds: readonly string[]): string[] {
  const seen = new Map<string, number>();
  for (const id of ownIds) seen.set(id, (seen.get(id) ?? 0) + 1);
  const taken = new Set(ownIds);
  return ownIds.map((own, i) => {
    if (own !== "" && seen.get(own) === 1) return own;
    let id = `call_${i + 1}`;
    for (let n = 2; taken.has(id); n++) id = `call_${i + 1}_${n}`;
    taken.add(id);
    return id;
  });
}
