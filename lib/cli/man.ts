import {
  argumentRows,
  commonFlagRows,
  type FlagRow,
  type Listed,
  ownFlagRows,
  permissionsOf,
  usageOf,
} from "./catalog.ts";
import { roffArgument, roffText } from "./roff.ts";
import { ENVIRONMENT, EXIT_STATUSES, FILES, FIRST_STEPS } from "./man_sections.ts";

/** The manual page in roff. It contains no date, so the same table and version always give the same bytes. */
export function manPage(commands: readonly Listed[], version: string): string {
  const lines = [
    `.TH GAIT 1 "" ${roffArgument(`gait ${version}`)} "User Commands"`,
    ".SH NAME",
    "gait \\- signed, offline proof of what agents do",
    ".SH SYNOPSIS",
    ".B gait",
    ".I command",
    "[" + roffText("arguments") + "] [" + roffText("flags") + "]",
    ".SH DESCRIPTION",
    ...paragraphs(DESCRIPTION),
    ".SH COMMANDS",
    ...commands.flatMap(commandSection),
    ".SH COMMON FLAGS",
    ...commonFlagRows().flatMap(flagItem),
    ".SH EXIT STATUS",
    ...EXIT_STATUSES.flatMap(([status, what]) => item(status, what)),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, what]) => item(name, what)),
    ".SH FILES",
    ...FILES.flatMap(([path, what]) => item(path, what)),
    ".SH EXAMPLES",
    ...firstSteps(commands).flatMap(([step, what]) => item(step, what)),
  ];
  return lines.join("\n") + "\n";
}

const DESCRIPTION = [
  "gait records what an agent did as a runpack: a small archive with a digest of every part and, when a key is " +
  "given, a signature. Anyone can verify it later offline and turn it into a regression test.",
  "A flag may be written with one dash or two, and its value may follow it or an equals sign. Flags " +
  "and arguments may be mixed; the last of a repeated flag counts; everything behind a lone -- is an argument.",
  "With --json a command prints one JSON object and nothing else. Its member ok is false when the exit status " +
  "is not 0, except that a verdict of the gate has ok true with status 3 (block) or 4 (approval): look at verdict. " +
  "Errors carry error_code, hint and retryable.",
];

function commandSection(listed: Listed): string[] {
  const { entry, command } = listed;
  const permissions = permissionsOf(command);
  return [
    `.SS ${roffArgument(`gait ${entry.name}`)}`,
    roffText(`${entry.summary}.`),
    ".PP",
    `.B ${roffArgument(usageOf(listed))}`,
    ".PP",
    roffText(command.explain),
    ...argumentRows(command).flatMap(({ name, help }) => item(name, help)),
    ...ownFlagRows(command).flatMap(flagItem),
    ".PP",
    roffText(`Permissions: ${permissions.length > 0 ? permissions.join(", ") : "none"}.`),
    ...command.examples.flatMap((example) => [".PP", ".RS 4", ".nf", roffText(example), ".fi", ".RE"]),
  ];
}

function flagItem({ flag, help, default: value }: FlagRow): string[] {
  return item(flag, value === undefined ? help : `${help} (default ${value})`);
}

function item(term: string, text: string): string[] {
  return [".TP", `.B ${roffArgument(term)}`, roffText(text)];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, i) => i === 0 ? [roffText(text)] : [".PP", roffText(text)]);
}

function firstSteps(commands: readonly Listed[]) {
  return FIRST_STEPS.filter(([step]) =>
    commands.some(({ entry }) => `${step} `.startsWith(`gait ${entry.name} `))
  );
}
