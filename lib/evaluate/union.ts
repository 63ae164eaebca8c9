import { compareBytewise } from "../formats/bytes.ts";

/** All texts of some lists without repetition and empty ones, sorted by bytes. */
export function union(lists: readonly (readonly string[])[]): readonly string[] {
  const texts = new Set<string>();
  for (const list of lists) for (const text of list) texts.add(text);
  texts.delete("");
  return texts.size < 2 ? [...texts] : [...texts].sort(compareBytewise);
}
