import htm from "htm";
import { h, type VNode } from "preact";

/** A tag for templates of elements. */
type Html = (texts: TemplateStringsArray, ...values: unknown[]) => VNode;

/** Makes elements from templates. Texts in them become text nodes, never markup. */
// The types of htm export the function in a way that the loader of types takes for the module.
export const html: Html = (htm as unknown as { bind(make: typeof h): Html }).bind(h);
