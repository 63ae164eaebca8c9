/// <reference lib="dom" />
import { useRef, useState } from "preact/hooks";
import { missingCapabilities } from "../../../export/html/page/capabilities.ts";
import { type PageResult, verifyForPage } from "../../../export/html/result.ts";
import { html } from "../html.ts";
import { Empty, Facts, Field, Head, Panel } from "../parts/blocks.ts";
import { Source } from "../parts/json_view.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";

/** Larger packs are not read by a browser: 64 MiB. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Most files of one drop. */
const MAX_FILES = 500;

interface Checked {
  readonly name: string;
  readonly size: number;
  readonly result?: PageResult;
  /** Why it was not even tried. */
  readonly refused?: string;
}

const MEANINGS: Readonly<Record<PageResult["outcome"], string>> = {
  verified: "Every digest holds, and the given key signed this pack.",
  signer_unknown:
    "Every file fits the manifest, and the pack is signed. Give the signer's public key to prove by whom.",
  not_signed: "Every file fits the manifest. Nobody signed it, so anyone may have made it.",
  not_verified: "Do not rely on this pack.",
};

/** Verify: drop packs, which are checked here in the browser by the code of the command; nothing is uploaded. */
export function Verify() {
  const [checked, setChecked] = useState<readonly Checked[]>([]);
  const [busy, setBusy] = useState("");
  const [keyText, setKeyText] = useState("");
  const [strict, setStrict] = useState(false);
  const [over, setOver] = useState(false);
  const files = useRef<readonly File[]>([]);
  const missing = missingCapabilities();

  const check = async (given: readonly File[], demands = { keyText, strict }) => {
    files.current = given;
    const done: Checked[] = [];
    setChecked([]);
    for (const [i, file] of given.slice(0, MAX_FILES).entries()) {
      setBusy(`Checking ${i + 1} of ${given.length}`);
      done.push(await checkFile(file, demands));
      setChecked([...done]);
    }
    setBusy("");
  };
  const again = (demands: { keyText: string; strict: boolean }) => {
    setKeyText(demands.keyText);
    setStrict(demands.strict);
    if (files.current.length > 0) void check(files.current, demands);
  };
  if (missing.length > 0) {
    return html`
      <${Head} title="Verify" lead="" />
      <div class="failure" role="alert">
        <div>
          <p><b>This browser can't verify packs</b></p>
          <p>It lacks ${missing.join(", ")}.</p>
        </div>
      </div>
    `;
  }
  const onDrop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    await check(await filesOf(event.dataTransfer!));
  };
  return html`
    <${Head} title="Verify"
      lead="Packs are checked here in the browser, by the code of gait pack verify. Nothing is uploaded." />
    <div class="verify-grid">
      <div class="stack">
        <section class=${`panel drop ${over ? "over" : ""}`} aria-label="Packs"
          onDragOver=${(event: DragEvent) => (event.preventDefault(), setOver(true))} onDragLeave=${() =>
            setOver(false)}
          onDrop=${onDrop}>
          <p class="drop-title">Drop packs or a folder of packs</p>
          <div class="buttons">
            <${Picker} id="pick-files" label="Choose files" onFiles=${check} />
            <${Picker} id="pick-folder" label="Choose a folder" folder onFiles=${check} />
          </div>
          <p class="dim" role="status" id="verify-status" data-checked=${busy === ""
            ? checked.length
            : ""}>${busy ||
            (checked.length > 0 ? summary(checked) : "Runpacks, packs and evidence packs: .zip")}</p>
        </section>
        ${checked.length === 0
          ? html`
            <${Panel}>
              <${Empty} title="Nothing was checked yet">
                <p>A pack that verifies proves that its files are those that were packed;
                      with the signer's key, also who packed them.</p>
                </${Empty}>
                </${Panel}>
          `
          : checked.map((one, i) =>
            html`<${Result} key=${`${i} ${one.name}`} checked=${one} open=${checked.length === 1} />`
          )}</div>
      <${Panel} title="Whose signature counts" class="side">
        <${Field} label="Public key of the signer">
          <textarea id="verify-key" rows="3" spellcheck="false" value=${keyText}
            placeholder="The text of the key file" onChange=${(event: Event) =>
              again({ keyText: (event.currentTarget as HTMLTextAreaElement).value, strict })} />
          </${Field}>
          <label
            class="check"><input type="checkbox" id="verify-strict" checked=${strict} onChange=${(
              event: Event,
            ) =>
              again({
                keyText,
                strict: (event.currentTarget as HTMLInputElement).checked,
              })} /> Strict: demand its signature, and no deviation</label>
          <p class="note">Get the key from the signer by another way than the pack.</p>
          </${Panel}>
          </div>
  `;
}

function Picker({ id, label, folder = false, onFiles }: {
  id: string;
  label: string;
  folder?: boolean;
  onFiles: (files: readonly File[]) => void;
}) {
  return html`
    <label class="button"
      for=${id}>${label}<input type="file" id=${id} class="sr" multiple accept=${folder
        ? undefined
        : ".zip"} webkitdirectory=${folder} onChange=${(event: Event) => {
        const input = event.currentTarget as HTMLInputElement;
        onFiles(packsIn([...input.files ?? []]));
        input.value = "";
      }} /></label>
  `;
}

function packsIn(files: readonly File[]): readonly File[] {
  const packs = files.filter(({ name }) => /\.zip$/i.test(name));
  return packs.length > 0 ? packs : files;
}

async function checkFile(file: File, demands: { keyText: string; strict: boolean }): Promise<Checked> {
  const about = { name: file.webkitRelativePath || file.name, size: file.size };
  if (file.size > MAX_BYTES) return { ...about, refused: "Larger than 64 MiB: use gait pack verify" };
  try {
    return { ...about, result: await verifyForPage(new Uint8Array(await file.arrayBuffer()), demands) };
  } catch {
    return { ...about, refused: "The browser could not read it" };
  }
}

/** The files of a drop, those of dropped folders included. */
async function filesOf(data: DataTransfer): Promise<readonly File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: File[] = [];
  for (let entry = entries.shift(); entry && found.length < MAX_FILES; entry = entries.shift()) {
    const at = entry;
    if (at.isFile) {
      found.push(
        await new Promise<File>((resolve, reject) => (at as FileSystemFileEntry).file(resolve, reject)),
      );
    } else if (at.isDirectory) {
      for (const inside of await entriesOf(at as FileSystemDirectoryEntry)) entries.push(inside);
    }
  }
  return packsIn(found);
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives its entries in parts.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (part.length === 0) return found;
    for (const entry of part) found.push(entry);
  }
}

function summary(checked: readonly Checked[]): string {
  const bad =
    checked.filter(({ result }) => result === undefined || result.outcome === "not_verified").length;
  const all = `${checked.length} pack${checked.length === 1 ? "" : "s"} checked`;
  return bad === 0 ? `${all}: no fault found` : `${all}: ${bad} not verified`;
}

function Result({ checked: { name, size, result, refused }, open }: { checked: Checked; open: boolean }) {
  const outcome = result?.outcome ?? "not_verified";
  return html`<section class=${`panel result ${outcome}`} data-outcome=${outcome} aria-label=${
    safe(name, 120)
  }>
    <div class="result-head"><${Badge} word=${outcome} /><b><${Data} text=${name} /></b>
      <span class="dim">${(size / 1024).toFixed(0)} kB</span></div>
    <p>${refused ?? MEANINGS[outcome]}</p>
    ${result && html`<${Reasons} result=${result} />`}
    ${
    result?.report && html`<${Facts} rows=${[
      ["Kind", safe(result.report.packType)],
      ["Of", html`<${Data} text=${result.report.sourceRef} />`],
      ["Pack id", html`<${Data} text=${result.report.packId} code />`],
      ["Files", `${result.report.filesChecked} checked`],
      ["Your key", result.keyId && html`<${Data} text=${result.keyId} code />`],
    ]} />`
  }
    ${
    result && html`
      <details open=${open && outcome === "not_verified"}>
        <summary>Result for machines</summary>
        <${Source} text=${JSON.stringify(JSON.parse(result.json), null, 2)} label="Result for machines" />
      </details>
    `
  }
  </section>`;
}

function Reasons({ result: { report, error } }: { result: PageResult }) {
  const reasons = error ? [error.message] : report
    ? [
      ...report.missingFiles.map((path) => `${path}: missing`),
      ...report.hashMismatches.map(({ path }) => `${path}: changed`),
      ...report.undeclaredFiles.map((path) => `${path}: not in the manifest`),
      ...report.findings.map(({ path, message }) => path === undefined ? message : `${path}: ${message}`),
      ...report.signature.errors,
    ]
    : [];
  if (reasons.length === 0) return null;
  return html`<ul class="reasons">${
    reasons.slice(0, 100).map((reason, i) =>
      html`
        <li key=${i}>
          <${Data} text=${reason} />
        </li>
      `
    )
  }</ul>`;
}
