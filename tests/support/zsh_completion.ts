import type { ShellStage } from "./shell_stage.ts";

/**
 * An interactive zsh on a terminal of its own: for each text it types the text and Tab, and prints the matches as
 * `<text> <match>`. `compadd`, by which every completion adds matches, prints them instead.
 */
const DRIVER = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT= RPROMPT= KEYTIMEOUT=1; autoload -Uz compinit && compinit -u -D; source ./script'
zpty -w z 'compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a matches
  builtin compadd -A matches "$@"
  print -rl -- "<"\${^matches}">"
  return $(( ! $#matches ))
}'
zpty -w z 'shown() { print "<<end>>"; zle kill-whole-line; }; zle -N shown; bindkey "^X" shown; bindkey "^I" complete-word; print "<<rea""dy>>"'
while zpty -r z line; do [[ $line == *"<<ready>>"* ]] && break; done
for typed in "$@"; do
  zpty -n -w z $typed$'\\t\\x18'
  while zpty -r z line; do
    [[ $line == *"<<end>>"* ]] && break
    [[ $line =~ "<([^<>]+)>" ]] && print -r -- "$typed"$'\\t'"$match[1]"
  done
done
zpty -d z
`;

/** What zsh offers behind each text, in order of the alphabet. The stage's shell is zsh. */
export async function zshCompletions(
  { shell }: ShellStage,
  typed: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { code, out, err } = await shell("-f", "-c", DRIVER, "zsh", ...typed);
  if (code !== 0) throw new Error(`zsh ended with ${code}: ${err}`);
  const matches = new Map(typed.map((text) => [text, [] as string[]]));
  for (const line of out.split("\n").filter((line) => line !== "")) {
    const [text, match] = line.split("\t") as [string, string];
    matches.get(text)!.push(match);
  }
  return new Map([...matches].map(([text, found]) => [text, [...new Set(found)].sort()]));
}
