/// <reference lib="dom" />
/**
 * The script of the page that `pack export --html` makes: verifies the embedded pack with the code of the command and
 * shows what it holds. Nothing on the page comes from anywhere but the verified bytes.
 */
import { messageOf } from "../../../errors/mod.ts";
import { type ReaderDemands, verifyForPage } from "../result.ts";
import { viewEvidence } from "../view/evidence.ts";
import { banner, refusal } from "./banner.ts";
import { missingCapabilities } from "./capabilities.ts";
import { element } from "./dom.ts";
import { evidenceSection } from "./evidence_section.ts";
import { keyPanel } from "./key_panel.ts";

const page = document.querySelector("main")!;

async function start(): Promise<void> {
  const missing = missingCapabilities();
  if (missing.length > 0) {
    page.replaceChildren(refusal("This browser can't verify the pack. It lacks:", missing));
    return;
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = embeddedPack();
  } catch (error) {
    page.replaceChildren(refusal("The pack inside this page can't be read:", [messageOf(error)]));
    return;
  }
  const answer = element("div", { role: "status" });
  const evidence = element("div", {});
  const technical = element("div", {});
  const verify = (demands: ReaderDemands) => show(bytes, demands, { answer, evidence, technical });
  const claimed = document.querySelector("#claimed")?.textContent?.trim() ?? "";
  const panel = await keyPanel(claimed, (demands) => void verify(demands).catch(fail));
  await verify({ keyText: "", strict: false });
  page.replaceChildren(answer, panel, evidence, technical, footer(bytes));
}

/** Decode the embedded pack. */
function embeddedPack(): Uint8Array<ArrayBuffer> {
  const text = atob(document.querySelector("#pack")?.textContent ?? "");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The elements for the parts of a result. */
interface Places {
  readonly answer: HTMLElement;
  readonly evidence: HTMLElement;
  readonly technical: HTMLElement;
}

let latest = 0;

async function show(bytes: Uint8Array<ArrayBuffer>, demands: ReaderDemands, places: Places): Promise<void> {
  const mine = ++latest;
  const result = await verifyForPage(bytes, demands);
  const { report } = result;
  // An unverified pack is not evidence and is not shown as such.
  const shown = report?.ok === true ? [evidenceSection(await viewEvidence(bytes), report)] : [];
  if (mine !== latest) return; // the reader started another verification meanwhile
  const heading = banner(result);
  places.answer.replaceChildren(heading);
  places.evidence.replaceChildren(...shown);
  places.technical.replaceChildren(element(
    "section",
    {},
    element("h2", {}, "Result for machines"),
    element("p", {}, "What gait pack verify --json prints for this pack, without path and correlation_id:"),
    element("pre", { id: "result", tabindex: "0" }, result.json),
  ));
  page.dataset.checks = String(mine);
  document.title = `${heading.querySelector("h1")!.textContent}: evidence pack`;
}

function footer(bytes: Uint8Array<ArrayBuffer>): HTMLElement {
  const save = () => {
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
    element("a", { href: url, download: "pack.zip" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return element(
    "footer",
    {},
    element("button", { id: "save", type: "button", click: save }, "Save the pack"),
    element(
      "p",
      {},
      "This page works without a network and sends nothing. A page can lie like any other file: whoever has reason to " +
        "doubt it saves the pack and runs gait pack verify, or exports the page again and compares the bytes.",
    ),
  );
}

/** Opens all details for printing, because closed ones are not printed. */
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>(".timeline details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

/** After an error no earlier result may remain visible. */
function fail(error: unknown): void {
  page.replaceChildren(refusal("The page failed:", [messageOf(error)]));
}

openForPrint();
// Not awaited: Rollup puts the modules of an `import()` below this line, where waiting would keep them from being made.
start().catch(fail);
