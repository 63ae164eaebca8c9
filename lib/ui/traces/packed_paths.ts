import { holdingDigits, MAX_PACKED, packTexts, unpackTexts } from "./packed_texts.ts";

/** Most folders that have a number: one character. */
const MAX_FOLDERS = 200;

/** In place of the number of a folder: the whole path is written. */
const WHOLE = 0;

/** How the gate names traces. */
const USUAL = /^trace_((?:[0-9a-f]{2})+)\.json$/;
const [BEFORE_ID, BEHIND_ID] = ["trace_", ".json"];

/** Paths of traces as short strings, the same for the same path. */
export interface PackedPaths {
  pack(path: string): string;
  /** The same for a path that may never have been packed; then it is `undefined` or any text. */
  find(path: string): string | undefined;
  unpack(packed: string): string;
  /** The id that is part of a usual name. */
  idOf(path: string): string | undefined;
  /** A test whether a path holds a text in lower case, which seldom has to unpack it. */
  holding(text: string): (packed: string) => boolean;
}

export function packedPaths(): PackedPaths {
  const folders: string[] = [""];
  const numbers = new Map<string, number>();

  function unpack(packed: string): string {
    const folder = packed.charCodeAt(0);
    const [name] = unpackTexts(packed, 2);
    if (folder === WHOLE) return name!;
    return folders[folder]! + (packed[1] === "u" ? `${BEFORE_ID}${name}${BEHIND_ID}` : name!);
  }

  function packIn(number: number | undefined, path: string): string {
    if (number === undefined) return String.fromCharCode(WHOLE) + "w" + packTexts([path]);
    const name = path.slice(path.lastIndexOf("/") + 1);
    const id = USUAL.exec(name)?.[1];
    return String.fromCharCode(number) + (id === undefined ? "n" : "u") + packTexts([id ?? name]);
  }

  return {
    pack(path) {
      const folder = folderIn(path);
      if (!numbers.has(folder) && numbers.size < MAX_FOLDERS) numbers.set(folder, folders.push(folder) - 1);
      return packIn(numbers.get(folder), path);
    },
    find: (path) => path.length > MAX_PACKED ? undefined : packIn(numbers.get(folderIn(path)), path),
    unpack,
    idOf: (path) => USUAL.exec(path.slice(path.lastIndexOf("/") + 1))?.[1],
    holding(text) {
      const usual = folders.map((folder) => `${folder}${BEFORE_ID}`.toLowerCase());
      const inWhole = (packed: string) => unpack(packed).toLowerCase().includes(text);
      const inId = holdingDigits(text);
      const tests = usual.map((before) => {
        if (before.includes(text) || BEHIND_ID.includes(text)) return () => true;
        if (/^[0-9a-f]+$/.test(text)) return (packed: string) => inId(packed, 2);
        // It may begin in the name of the folder, and end in the id or behind it.
        return overlaps(before, text) || overlaps(text, BEHIND_ID) ? inWhole : () => false;
      });
      return (packed) => (packed[1] === "u" ? tests[packed.charCodeAt(0)]! : inWhole)(packed);
    },
  };
}

function folderIn(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Whether the end of one text is the beginning of another one. */
function overlaps(before: string, behind: string): boolean {
  for (let length = Math.min(before.length, behind.length); length > 0; length--) {
    if (before.endsWith(behind.slice(0, length))) return true;
  }
  return false;
}
