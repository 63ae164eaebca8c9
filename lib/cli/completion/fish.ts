import type { OfferedFlag, Place, Takes } from "./model.ts";

/** The completion script for fish 3.0 and later. */
export function fishScript(places: readonly Place[]): string {
  const paths = places.map(({ path }) => path).filter((path) => path !== "");
  return `${HEADER}
set -g __gait_places ${paths.map(quote).join(" ")}
${FUNCTIONS}
complete -c gait -f
${places.flatMap(renderPlace).join("\n")}
`;
}

function renderPlace({ path, children, flags, positionals }: Place): string[] {
  const complete = (test: "here" | "next", rest: string) =>
    `complete -c gait -n ${quote(`__gait_${test} ${path}`.trim())} ${rest}`;
  const first = positionals[0];
  return [
    ...children.map(({ word, help }) => complete("next", `-a ${word} -d ${quote(help)}`)),
    ...flags.map((flag) => complete("here", renderFlag(flag))),
    ...(first === undefined
      ? []
      : offer(first).map((what) => complete(first.kind === "words" ? "next" : "here", what))),
  ];
}

function renderFlag({ name, help, takes }: OfferedFlag): string {
  const flag = `-l ${name} -d ${quote(help)}`;
  return takes === undefined ? flag : [flag, "-r", ...offer(takes)].join(" ");
}

/** Options of `complete` that offer the possible values of a placeholder. */
function offer(takes: Takes): string[] {
  switch (takes.kind) {
    case "words":
      return [`-f -a ${quote(takes.words.join(" "))}`];
    case "run":
      return ["-F -a '(__gait_runs)'"];
    case "file":
      return ["-F"];
    case "folder":
      return ["-f -a '(__fish_complete_directories (commandline -ct))'"];
    case "variable":
      return ["-f -a '(set -nx)'"];
    case "text":
      return [];
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const HEADER = `# fish completion for gait, made by: gait completion fish
# Now:     gait completion fish | source
# Always:  gait completion fish > ~/.config/fish/completions/gait.fish
`;

const FUNCTIONS = `
# The words of the command, and then how many arguments follow them.
function __gait_place
    set -l at
    set -l rest (commandline -opc)[2..-1]
    while set -q rest[1]; and contains -- (string join ' ' -- $at $rest[1]) $__gait_places
        set -a at $rest[1]
        set -e rest[1]
    end
    echo (string join ' ' -- $at)
    count $rest
end

function __gait_here
    set -l place (__gait_place)
    test "$place[1]" = "$argv"
end

function __gait_next
    set -l place (__gait_place)
    test "$place[1]" = "$argv" -a "$place[2]" = 0
end

function __gait_runs
    for file in gait-out/runpack_*.zip $HOME/.gait/runpacks/runpack_*.zip
        string replace -r '.*/runpack_(.*)\\.zip$' '$1' -- $file
    end
end
`;
