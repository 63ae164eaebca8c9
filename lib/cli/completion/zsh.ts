import { type Place, takesWord, valuedFlags } from "./model.ts";

/** The completion script for zsh: installed in fpath as `_gait`, or sourced. */
export function zshScript(places: readonly Place[]): string {
  return `${HEADER}
_gait_place() {
  children=() flags=() takes=() arguments=() repeats=''
  case "$1" in
${places.map(renderPlace).join("\n")}
  esac
}
${FUNCTIONS}`;
}

function renderPlace({ path, children, flags, positionals, repeats }: Place): string {
  const parts: [string, string[]][] = [
    ["children", children.map(({ word, help }) => described(word, help))],
    ["flags", flags.map(({ name, help }) => described(`--${name}`, help))],
    ["takes", valuedFlags(flags).flatMap(({ name, takes }) => [quote(name), quote(takesWord(takes))])],
    ["arguments", positionals.map((takes) => quote(takesWord(takes)))],
  ];
  const set = parts.filter(([, values]) => values.length > 0).map(([name, values]) => {
    return `      ${name}=(${values.join(" ")})`;
  });
  if (repeats) set.push("      repeats=1");
  return `    ${quote(path)})\n${set.map((line) => line + "\n").join("")}      ;;`;
}

/** `word:description`, with colons in the word escaped because they would end it. */
function described(word: string, help: string): string {
  return quote(`${word.replaceAll(":", "\\:")}:${help}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const HEADER = `#compdef gait
# zsh completion for gait, made by: gait completion zsh
# Now:     source <(gait completion zsh)
# Always:  gait completion zsh > ~/.zfunc/_gait, with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc
`;

const FUNCTIONS = `
_gait_value() {
  case "$1" in
    words:*) compadd -- \${(s:|:)\${1#words:}} ;;
    run)
      local -a ids
      ids=({gait-out,$HOME/.gait/runpacks}/runpack_*.zip(N:t:r))
      compadd -- \${ids#runpack_}
      _files
      ;;
    file) _files ;;
    folder) _files -/ ;;
    variable) _parameters -g '*export*' ;;
    *) return 1 ;;
  esac
}

_gait() {
  local at='' word name expect='' ended='' repeats='' kind
  local -i i=2 count=0 start answer=1
  local -a children flags arguments
  local -A takes
  _gait_place ''
  while (( i < CURRENT )); do
    word=\${words[i]}
    (( \${children[(I)\${(b)word}:*]} )) || break
    at="\${at:+$at }$word"
    _gait_place "$at"
    (( i += 1 ))
  done
  start=$i
  for (( ; i < CURRENT; i += 1 )); do
    word=\${words[i]}
    if [[ -n $ended ]]; then (( count += 1 ))
    elif [[ -n $expect ]]; then expect=''
    elif [[ $word == -- ]]; then ended=1
    elif [[ $word == -*=* ]]; then :
    elif [[ $word == -?* ]]; then name=\${word#-}; expect=\${takes[\${name#-}]}
    else (( count += 1 )); fi
  done
  if [[ -n $expect ]]; then
    _gait_value "$expect"
  elif [[ -z $ended && $PREFIX == -*=* ]]; then
    name=\${\${PREFIX%%=*}#-}
    compset -P 1 '*='
    _gait_value "\${takes[\${name#-}]}"
  elif [[ -z $ended && $PREFIX == -* ]]; then
    _describe -o flag flags
  else
    if (( CURRENT == start && $#children )); then _describe command children && answer=0; fi
    kind=\${arguments[count+1]}
    if [[ -z $kind && -n $repeats ]]; then kind=\${arguments[-1]}; fi
    if [[ -n $kind ]]; then _gait_value "$kind" && answer=0; fi
    return $answer
  fi
}

if [[ "\${funcstack[1]}" == _gait ]]; then _gait "$@"; else compdef _gait gait; fi
`;
