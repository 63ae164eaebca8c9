import { type Place, takesWord, valuedFlags } from "./model.ts";

/** The completion script for PowerShell 5.1 and later. */
export function powershellScript(places: readonly Place[]): string {
  return `${HEADER}
Register-ArgumentCompleter -Native -CommandName gait -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $places = @{
${places.map(renderPlace).join("\n")}
    }
${BODY}}
`;
}

function renderPlace({ path, children, flags, positionals, repeats }: Place): string {
  return `        ${quote(path)} = @{
            children = ${table(children.map(({ word, help }) => [word, help]))}
            flags = ${table(flags.map(({ name, help }) => [`--${name}`, help]))}
            takes = ${table(valuedFlags(flags).map(({ name, takes }) => [name, takesWord(takes)]))}
            arguments = @(${positionals.map((takes) => quote(takesWord(takes))).join(", ")})
            repeats = ${repeats ? "$true" : "$false"}
        }`;
}

function table(pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return "[ordered]@{}";
  return `[ordered]@{ ${pairs.map(([name, value]) => `${quote(name)} = ${quote(value)}`).join("; ")} }`;
}

/** PowerShell also treats typographic quotes as quotes. */
function quote(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}

const HEADER = `# PowerShell completion for gait, made by: gait completion powershell
# Now:     gait completion powershell | Out-String | Invoke-Expression
# Always:  gait completion powershell >> $PROFILE
`;

const BODY = `
    function Offer($word, $help) {
        if ($word.StartsWith($typed)) {
            $text = if ($help) { $help } else { $word }
            [System.Management.Automation.CompletionResult]::new($prefix + $word, $word, 'ParameterValue', $text)
        }
    }
    function OfferFiles {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($typed)
    }
    function OfferValue($kind) {
        if ($kind -like 'words:*') {
            foreach ($word in $kind.Substring(6).Split('|')) { Offer $word '' }
        } elseif ($kind -eq 'run') {
            foreach ($folder in 'gait-out', (Join-Path $HOME '.gait/runpacks')) {
                foreach ($file in Get-ChildItem -Path $folder -Filter 'runpack_*.zip' -ErrorAction SilentlyContinue) {
                    # A name that could mean anything to the shell, planted in a folder, must not come through.
                    if ($file.BaseName -match '^runpack_([A-Za-z0-9._-]+)$') { Offer $Matches[1] 'recorded run' }
                }
            }
            OfferFiles
        } elseif ($kind -eq 'file' -or $kind -eq 'folder') {
            OfferFiles
        } elseif ($kind -eq 'variable') {
            foreach ($variable in Get-ChildItem env:) { Offer $variable.Name '' }
        }
    }

    $typed = $wordToComplete
    $prefix = ''
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $at = ''
    $i = 0
    while ($i -lt $words.Count -and $places[$at].children.Contains($words[$i])) {
        $at = "$at $($words[$i])".Trim()
        $i++
    }
    $place = $places[$at]
    $direct = $i -eq $words.Count
    $expect = ''
    $ended = $false
    $count = 0
    for (; $i -lt $words.Count; $i++) {
        $word = $words[$i]
        if ($ended) { $count++ }
        elseif ($expect) { $expect = '' }
        elseif ($word -eq '--') { $ended = $true }
        elseif ($word -like '-*=*') { }
        elseif ($word -like '-?*') { $expect = [string]$place.takes[($word -replace '^--?', '')] }
        else { $count++ }
    }
    if ($expect) {
        OfferValue $expect
    } elseif (-not $ended -and $typed -like '-*=*') {
        $name, $typed = $typed.Split('=', 2)
        $prefix = "$name="
        OfferValue ([string]$place.takes[($name -replace '^--?', '')])
    } elseif (-not $ended -and $typed -like '-*') {
        $typed = $typed -replace '^-(?!-)', '--'
        foreach ($flag in $place.flags.GetEnumerator()) { Offer $flag.Key $flag.Value }
    } else {
        if ($direct) { foreach ($child in $place.children.GetEnumerator()) { Offer $child.Key $child.Value } }
        $kind = if ($count -lt $place.arguments.Count) { $place.arguments[$count] }
            elseif ($place.repeats) { $place.arguments[-1] }
        OfferValue ([string]$kind)
    }
`;
