import { type Place, takesWord, valuedFlags } from "./model.ts";

/** The completion script for bash 3.2 and later; it requires no other package. */
export function bashScript(places: readonly Place[]): string {
  return `${HEADER}
_gait_place() {
  children='' flags='' takes='' arguments='' repeats=''
  case "$1" in
${places.map(renderPlace).join("\n")}
    *) return 1 ;;
  esac
}
${FUNCTIONS}`;
}

function renderPlace({ path, children, flags, positionals, repeats }: Place): string {
  const parts: Record<string, string> = {
    children: children.map(({ word }) => word).join(" "),
    flags: flags.map(({ name }) => `--${name}`).join(" "),
    takes: valuedFlags(flags).map(({ name, takes }) => `--${name}=${takesWord(takes)}`).join(" "),
    arguments: positionals.map(takesWord).join(" "),
    repeats: repeats ? "1" : "",
  };
  const set = Object.entries(parts).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}='${value}'`
  );
  return `    '${path}') ${set.length > 0 ? set.join(" ") : ":"} ;;`;
}

const HEADER = `# bash completion for gait, made by: gait completion bash
# Now:     source <(gait completion bash)
# Always:  gait completion bash > ~/.local/share/bash-completion/completions/gait
`;

const FUNCTIONS = `
# Offer those of the given words that begin with what was typed.
_gait_words() {
  local word
  for word in "$@"; do
    if [[ "$word" == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

# Offer each line of the input as it is: names of files may hold blanks and stars.
_gait_lines() {
  local found
  while IFS= read -r found; do COMPREPLY+=("$found"); done
}

# Offer ids of recorded runs. Bash inserts them unquoted, so a name that could mean anything to the shell, planted
# in a folder, must not come through.
_gait_runs() {
  local found
  for found in gait-out/runpack_*.zip "$HOME"/.gait/runpacks/runpack_*.zip; do
    found="\${found##*/runpack_}"
    found="\${found%.zip}"
    if [[ "$found" =~ ^[A-Za-z0-9._-]+$ ]]; then _gait_words "$found"; fi
  done
}

_gait_value() {
  local IFS=' '
  case "$1" in
    words:*) IFS='|'; _gait_words \${1#words:} ;;
    run) _gait_runs; compopt -o filenames 2>/dev/null; _gait_lines < <(compgen -f -- "$cur") ;;
    file) compopt -o filenames 2>/dev/null; _gait_lines < <(compgen -f -- "$cur") ;;
    folder) compopt -o filenames 2>/dev/null; _gait_lines < <(compgen -d -- "$cur") ;;
    variable) _gait_lines < <(compgen -e -- "$cur") ;;
  esac
}

# Set expect to what a flag takes, nothing when it takes no value. One dash is as good as two.
_gait_expect() {
  local name="$1" list=" $takes "
  if [[ "$name" != --* ]]; then name="-$name"; fi
  expect=''
  if [[ "$list" == *" $name="* ]]; then
    expect="\${list#*" $name="}"
    expect="\${expect%% *}"
  fi
}

_gait() {
  local IFS=' ' cur="\${COMP_WORDS[COMP_CWORD]}" word at='' expect='' ended='' prefix='' i=1 count=0 start kind
  local children flags takes arguments repeats
  local -a kinds
  COMPREPLY=()
  _gait_place ''
  while (( i < COMP_CWORD )); do
    word="\${COMP_WORDS[i]}"
    case " $children " in *" $word "*) ;; *) break ;; esac
    at="\${at:+$at }$word"
    _gait_place "$at"
    i=$(( i + 1 ))
  done
  start=$i
  for (( ; i < COMP_CWORD; i++ )); do
    word="\${COMP_WORDS[i]}"
    if [[ -n "$ended" ]]; then count=$(( count + 1 ))
    # Bash cuts --name=value at the sign, so the next word belongs to the flag.
    elif [[ "$word" == '=' ]]; then expect="\${expect:-text}"
    elif [[ -n "$expect" ]]; then expect=''
    elif [[ "$word" == -- ]]; then ended=1
    elif [[ "$word" == -*=* ]]; then :
    elif [[ "$word" == -?* ]]; then _gait_expect "$word"
    else count=$(( count + 1 )); fi
  done
  if [[ "$cur" == '=' ]]; then
    cur=''
    expect="\${expect:-text}"
  elif [[ -z "$expect$ended" && "$cur" == -*=* ]]; then
    prefix="\${cur%%=*}="
    _gait_expect "\${cur%%=*}"
    expect="\${expect:-text}"
    cur="\${cur#*=}"
  fi
  if [[ -n "$expect" ]]; then
    _gait_value "$expect"
    if [[ -n "$prefix" ]]; then COMPREPLY=("\${COMPREPLY[@]/#/$prefix}"); fi
  elif [[ -z "$ended" && "$cur" == -* ]]; then
    if [[ "$cur" != --* ]]; then cur="-$cur"; fi
    _gait_words $flags
  else
    if (( COMP_CWORD == start )); then _gait_words $children; fi
    kinds=($arguments)
    kind="\${kinds[count]:-}"
    if [[ -z "$kind" && -n "$repeats" ]]; then kind="\${kinds[\${#kinds[@]}-1]}"; fi
    if [[ -n "$kind" ]]; then _gait_value "$kind"; fi
  fi
}

complete -F _gait gait
`;
