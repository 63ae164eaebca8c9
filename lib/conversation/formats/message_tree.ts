import type { JsonObject } from "../../formats/json/mod.ts";
import { isJsonObject } from "../../formats/json/mod.ts";

/** A node of a conversation that was regenerated or edited, with what it hangs on. */
export interface TreeNode {
  readonly id: string;
  readonly node: JsonObject;
  readonly parent: string | undefined;
}

/**
 * The nodes of a tree of messages, each behind its parent and an older branch before a newer one. The links of a log
 * may be torn or go in a circle: every node comes once all the same.
 */
export function nodesInOrder(mapping: JsonObject): TreeNode[] {
  const nodes = new Map(
    Object.entries(mapping).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])),
  );
  const parentOf = (node: JsonObject) =>
    typeof node.parent === "string" && nodes.has(node.parent) ? node.parent : undefined;
  const children = new Map<string, Set<string>>();
  const addChild = (parent: string, id: string) => {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, new Set([id]));
    else known.add(id);
  };
  // The list of a node tells the order of its branches, the link to the parent is what holds.
  for (const [id, node] of nodes) {
    for (const child of Array.isArray(node.children) ? node.children : []) {
      if (typeof child === "string" && nodes.get(child)?.parent === id) addChild(id, child);
    }
  }
  for (const [id, node] of nodes) {
    const parent = parentOf(node);
    if (parent !== undefined) addChild(parent, id);
  }
  const ordered: TreeNode[] = [];
  const seen = new Set<string>();
  const visit = (root: string) => {
    const waiting = [root];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const node = nodes.get(id)!;
      ordered.push({ id, node, parent: parentOf(node) });
      for (const child of [...children.get(id) ?? []].toReversed()) waiting.push(child);
    }
  };
  for (const [id, node] of nodes) if (parentOf(node) === undefined) visit(id);
  for (const id of nodes.keys()) if (!seen.has(id)) visit(id);
  return ordered;
}

/** The ids of the nodes from the one that is shown last up to the root; `undefined` if the log names none. */
export function shownBranch(mapping: JsonObject, leaf: unknown): ReadonlySet<string> | undefined {
  const shown = new Set<string>();
  for (let id = leaf; typeof id === "string" && !shown.has(id);) {
    const node: unknown = Object.hasOwn(mapping, id) ? mapping[id] : undefined;
    if (typeof node !== "object" || node === null) break;
    shown.add(id);
    id = (node as JsonObject).parent;
  }
  return shown.size === 0 ? undefined : shown;
}
