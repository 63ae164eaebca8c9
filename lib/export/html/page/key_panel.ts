/// <reference lib="dom" />
import { parsePublicKey } from "../../../signing/mod.ts";
import type { ReaderDemands } from "../result.ts";
import { element, value } from "./dom.ts";

/** A key file is 45 bytes; this leaves room for folded ones. */
const MAX_KEY_BYTES = 4096;

/**
 * The form for the signer's key.
 *
 * @param claimed text of the key named by the exporter; shown, but never used automatically
 * @param verify called with the reader's options
 */
export async function keyPanel(
  claimed: string,
  verify: (demands: ReaderDemands) => void,
): Promise<HTMLElement> {
  // A single-line field, which drops line breaks inside of the key.
  const text = element("input", {
    id: "public-key",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    placeholder: "Base64, 44 characters",
  });
  const file = element("input", { id: "key-file", type: "file", accept: ".key,.pub,.txt,text/plain" });
  const strict = element("input", { id: "strict", type: "checkbox" });
  const check = () => verify({ keyText: text.value, strict: strict.checked });
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    text.value = await chosen.slice(0, MAX_KEY_BYTES).text();
    check();
  });
  const forget = () => {
    text.value = file.value = "";
    check();
  };
  return element(
    "form",
    {
      id: "key-panel",
      submit(event) {
        event.preventDefault();
        check();
      },
    },
    element("h2", {}, "Who signed it?"),
    element(
      "p",
      {},
      "Give the signer's public key, got from the signer and not with this page. It stays in this browser.",
    ),
    element("label", { for: "public-key" }, "Public key"),
    text,
    element("label", { for: "key-file" }, "or a key file"),
    file,
    element(
      "label",
      { class: "check" },
      strict,
      " Strict: fail on every oddity, and unless this key signed it",
    ),
    element(
      "div",
      { class: "buttons" },
      element("button", { id: "check" }, "Verify with this key"),
      element("button", { id: "forget", type: "button", class: "quiet", click: forget }, "Without a key"),
    ),
    ...await claimedKey(claimed, () => {
      text.value = claimed;
      check();
    }),
  );
}

/** The key claimed by the exporter, which the reader has to verify. */
async function claimedKey(claimed: string, use: () => void): Promise<Node[]> {
  if (claimed === "") return [];
  const id = await parsePublicKey(claimed).then((key) => key.id, () => undefined);
  if (id === undefined) {
    return [element("p", { id: "claimed-key" }, "The exporter names a key that is none.")];
  }
  return [element(
    "div",
    { id: "claimed-key" },
    element("p", {}, "Whoever made this page says that the signer's key has this fingerprint:"),
    element("p", { class: "code" }, value(id)),
    element(
      "p",
      {},
      "That proves nothing by itself. Compare it with the fingerprint that the signer told you another way.",
    ),
    element(
      "button",
      { id: "use-claimed", type: "button", class: "quiet", click: use },
      "I compared it: use this key",
    ),
  )];
}
