<#
.SYNOPSIS
Installs gait for one user: downloads the archive of a release, checks it, and puts gait.exe into a folder.

.DESCRIPTION
The counterpart of install.sh for Windows (PowerShell 5.1 or 7). Nothing is installed unless the SHA-256 of the archive is the
one of checksums.txt. With -PublicKey, checksums.txt must be signed with that key. The install.ps1 of a release knows the
key of its release and checks the signature with it wherever openssl can. No administrator is needed. Exit codes: 0
installed, 2 anything else.

.PARAMETER Version
The release to install (default: the latest; GAIT_VERSION).

.PARAMETER InstallDir
Where gait.exe goes (default: Programs\gait below LOCALAPPDATA; GAIT_INSTALL_DIR).

.PARAMETER Repo
The repository of the releases, <owner/name> (GAIT_REPO).

.PARAMETER PublicKey
The file of the key that must have signed the checksums (GAIT_RELEASE_PUBLIC_KEY); needs openssl.

.PARAMETER Platform
windows_amd64 or windows_arm64 (default: that of this machine).

.PARAMETER DryRun
Download and check, but install nothing.

.PARAMETER Help
Print this.

.NOTES
GAIT_RELEASE_BASE_URL names another place of the files: an address or file:///folder.
#>
param(
  [string] $Version = $env:GAIT_VERSION,
  [string] $InstallDir = $env:GAIT_INSTALL_DIR,
  [string] $Repo = $env:GAIT_REPO,
  [string] $PublicKey = $env:GAIT_RELEASE_PUBLIC_KEY,
  [string] $Platform = '',
  [switch] $DryRun,
  [switch] $Help,
  [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Unknown = @()
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Windows PowerShell downloads many times slower while it draws progress.
$ProgressPreference = 'SilentlyContinue'
$defaultRepo = ''
$releaseKey = ''
$largestExecutable = 1GB

# Ends the installation: the message goes to standard error, with what to do about it.
function Stop-Install([string] $Message, [string] $Next = '') {
  if ($Next -ne '') { $Message = "$Message`nnext: $Next" }
  throw $Message
}

# The platform of this machine as archives are called.
function Get-Platform {
  if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) {
    Stop-Install 'this script installs the build for Windows' 'use scripts/install.sh, or name a -Platform'
  }
  # A 32-bit PowerShell sees its own architecture in the first variable and that of the machine in the second.
  $processor = $env:PROCESSOR_ARCHITECTURE
  if ($env:PROCESSOR_ARCHITEW6432) { $processor = $env:PROCESSOR_ARCHITEW6432 }
  switch ($processor) {
    'AMD64' { return 'windows_amd64' }
    'ARM64' { return 'windows_arm64' }
    default { Stop-Install "there is no build for the processor $processor" 'run gait from a checkout with Node' }
  }
}

function Save-File([string] $Address, [string] $Path) {
  if ($Address.StartsWith('file:')) {
    Copy-Item -LiteralPath ([Uri] $Address).LocalPath -Destination $Path
  } else {
    Invoke-WebRequest -UseBasicParsing -Uri $Address -OutFile $Path
  }
}

# Downloads a file, or ends with a message of this script instead of that of the network.
function Receive-File([string] $Address, [string] $Path, [string] $Next = '') {
  try {
    Save-File $Address $Path
  } catch {
    Stop-Install "cannot download $Address" $Next
  }
}

function Get-LatestVersion([string] $Repository) {
  try {
    $release = Invoke-RestMethod -UseBasicParsing -Uri "https://api.github.com/repos/$Repository/releases/latest"
    return [string] $release.tag_name
  } catch {
    Stop-Install "cannot ask $Repository for its latest release" 'name one with -Version v1.2.3'
  }
}

# .NET has no Ed25519, so openssl checks the signature: that of PATH, or the one that comes with Git. Nothing unless it
# is an OpenSSL from 3.0 on, which can.
function Find-OpenSsl {
  $candidates = @(Get-Command -Name openssl -CommandType Application -ErrorAction SilentlyContinue | ForEach-Object { $_.Path })
  foreach ($folder in @($env:ProgramFiles, $env:LOCALAPPDATA)) {
    if (-not $folder) { continue }
    foreach ($inside in @('Git\usr\bin', 'Git\mingw64\bin', 'Programs\Git\usr\bin')) {
      $candidates += Join-Path (Join-Path $folder $inside) 'openssl.exe'
    }
  }
  # Windows PowerShell takes a line on standard error for an error of its own.
  $ErrorActionPreference = 'Continue'
  foreach ($path in $candidates) {
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { continue }
    if ((& $path pkeyutl -help 2>&1 | Out-String) -match '-rawin') { return $path }
  }
  return ''
}

# The bytes of a base64 text; nothing when it is none.
function Read-Base64([string] $Text) {
  try {
    return , [Convert]::FromBase64String($Text.Trim())
  } catch {
    return , [byte[]] @()
  }
}

# Ends the installation unless checksums.txt was signed with a key, given as the text of its file.
function Confirm-Signature([string] $OpenSsl, [string] $Work, [string] $Key, [string] $Called) {
  Receive-File "$base/checksums.txt.sig" "$Work/checksums.txt.sig" "this release is not signed by Gait's own key"
  $raw = Read-Base64 $Key
  if ($raw.Length -ne 32) { Stop-Install "$Called is not a public key of Gait" }
  $signature = Read-Base64 ([IO.File]::ReadAllText("$Work/checksums.txt.sig"))
  if ($signature.Length -ne 64) { Stop-Install 'checksums.txt.sig is not a signature' }
  # In front of the 32 bytes comes the ASN.1 header of an Ed25519 key (RFC 8410).
  $header = [byte[]] @(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
  [IO.File]::WriteAllBytes("$Work/key.der", [byte[]] ($header + $raw))
  [IO.File]::WriteAllBytes("$Work/signature", $signature)
  # Windows PowerShell takes a line on standard error for an error of its own.
  $ErrorActionPreference = 'Continue'
  & $OpenSsl pkeyutl -verify -pubin -inkey "$Work/key.der" -keyform DER -rawin `
    -in "$Work/checksums.txt" -sigfile "$Work/signature" 2>&1 | Out-Null
  if ($LASTEXITCODE -ne 0) {
    Stop-Install "the checksums were not signed with $Called" 'compare the key with the one that the project publishes'
  }
}

# The digest that checksums.txt has for a name, or nothing unless it is listed once.
function Get-Listed([string] $List, [string] $Name) {
  $found = @()
  foreach ($line in [IO.File]::ReadAllLines($List)) {
    if ($line -cmatch '^([0-9a-f]{64}) [ *](.+)$' -and $Matches[2] -ceq $Name) { $found += $Matches[1] }
  }
  if ($found.Count -eq 1) { return $found[0] }
  return ''
}

# Copies gait.exe, and nothing else, out of an archive.
function Expand-Executable([string] $Archive, [string] $Path) {
  Add-Type -AssemblyName System.IO.Compression.FileSystem
  try {
    $zip = [IO.Compression.ZipFile]::OpenRead($Archive)
  } catch {
    Stop-Install "cannot unpack $(Split-Path -Leaf $Archive)"
  }
  try {
    $entries = @($zip.Entries | Where-Object { $_.FullName -ceq 'gait.exe' })
    if ($entries.Count -ne 1) { Stop-Install "$(Split-Path -Leaf $Archive) does not hold gait.exe once" }
    if ($entries[0].Length -gt $largestExecutable) { Stop-Install "$(Split-Path -Leaf $Archive) holds too large a file" }
    [IO.Compression.ZipFileExtensions]::ExtractToFile($entries[0], $Path, $false)
  } finally {
    $zip.Dispose()
  }
}

# A path as .NET needs it, whose working folder is not that of PowerShell.
function Resolve-FullPath([string] $Path) {
  return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

# Puts the executable in its place. A gait.exe that runs can't be overwritten, but it can be renamed.
function Install-Executable([string] $Staged, [string] $Target) {
  $old = "$Target.old-$PID"
  Get-ChildItem -Path "$Target.old-*" -ErrorAction SilentlyContinue | Remove-Item -Force -ErrorAction SilentlyContinue
  $replaces = Test-Path -LiteralPath $Target
  if ($replaces) { [IO.File]::Move($Target, $old) }
  try {
    [IO.File]::Move($Staged, $Target)
  } catch {
    if ($replaces) { [IO.File]::Move($old, $Target) }
    Stop-Install "cannot write $Target"
  }
  if ($replaces) { Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue }
}

function Write-Next([string] $Folder) {
  $separator = [IO.Path]::PathSeparator
  if (($env:PATH -split [regex]::Escape($separator)) -notcontains $Folder) {
    $quoted = $Folder.Replace("'", "''")
    Write-Output "$Folder is not in PATH. Add it:"
    Write-Output "  [Environment]::SetEnvironmentVariable('Path', '$quoted;' + [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
  }
  Write-Output 'next: gait doctor'
  Write-Output '      gait demo'
  Write-Output '      gait verify run_demo'
  Write-Output '      gait init'
}

if ($Help) {
  Get-Help $PSCommandPath -Detailed
  exit 0
}

$work = ''
$staged = ''
$status = 2
try {
  # Windows PowerShell offers TLS 1.0 by default.
  [Net.ServicePointManager]::SecurityProtocol =
    [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

  if ($Unknown.Count -gt 0) { Stop-Install "unknown argument: $($Unknown[0])" 'see install.ps1 -Help' }
  if ($Platform -eq '') { $Platform = Get-Platform }
  $Platform = $Platform.ToLowerInvariant()
  if ($Platform -notin @('windows_amd64', 'windows_arm64')) { Stop-Install "there is no platform $Platform" }
  $base = [string] $env:GAIT_RELEASE_BASE_URL
  if ($Version -eq '') { $Version = 'latest' }
  if ($Repo -eq '') { $Repo = $defaultRepo }
  if ($Version -eq 'latest' -and $base -ne '') {
    Stop-Install 'GAIT_RELEASE_BASE_URL needs the version of its files' 'add -Version v1.2.3'
  }
  if ($base -eq '' -and $Repo -eq '') {
    Stop-Install 'no repository named' 'add -Repo <owner/name>; the install.ps1 of a release knows its own'
  }
  if ($Repo -cnotmatch '\A([A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*)?\z') {
    Stop-Install "`"$Repo`" is not a repository" 'write <owner/name>'
  }
  if ($Version -eq 'latest') { $Version = Get-LatestVersion $Repo }
  # The version becomes part of addresses and file names.
  if ($Version -cnotmatch '\A[A-Za-z0-9+-][A-Za-z0-9.+-]*\z') { Stop-Install "`"$Version`" is not a version" }
  if ($base -eq '') { $base = "https://github.com/$Repo/releases/download/$Version" }
  if ($InstallDir -eq '') {
    $InstallDir = if ($env:LOCALAPPDATA) { Join-Path $env:LOCALAPPDATA 'Programs\gait' } else { "$HOME/.local/bin" }
  }
  $folder = Resolve-FullPath $InstallDir

  $work = Join-Path ([IO.Path]::GetTempPath()) "gait-install-$([Guid]::NewGuid())"
  New-Item -ItemType Directory -Path $work | Out-Null
  Receive-File "$base/checksums.txt" "$work/checksums.txt" "check the network, and that release $Version exists"
  $openssl = Find-OpenSsl
  if ($PublicKey -ne '') {
    if (-not (Test-Path -LiteralPath $PublicKey -PathType Leaf)) { Stop-Install "there is no public key at $PublicKey" }
    if ($openssl -eq '') {
      Stop-Install 'no openssl here can check Ed25519 signatures' 'install OpenSSL 3 or Git, or leave -PublicKey out'
    }
    Confirm-Signature $openssl $work ([IO.File]::ReadAllText((Resolve-FullPath $PublicKey))) $PublicKey
  } elseif ($releaseKey -ne '' -and $openssl -ne '') {
    Confirm-Signature $openssl $work $releaseKey 'the key of the release'
  } else {
    [Console]::Error.WriteLine(
      'gait install: the signature of the checksums was not checked; -PublicKey and OpenSSL 3 do that')
  }

  $archive = ''
  $expected = ''
  foreach ($candidate in @("gait_${Version}_$Platform.zip", "gait_$($Version -creplace '^v', '')_$Platform.zip")) {
    $expected = Get-Listed "$work/checksums.txt" $candidate
    if ($expected -ne '') {
      $archive = $candidate
      break
    }
  }
  if ($archive -eq '') { Stop-Install "release $Version has no archive for $Platform" 'see the files of the release' }
  Receive-File "$base/$archive" "$work/$archive"
  $actual = (Get-FileHash -Algorithm SHA256 -LiteralPath "$work/$archive").Hash.ToLowerInvariant()
  if ($actual -cne $expected) {
    Stop-Install "$archive has SHA-256 $actual, expected $expected" `
      'download again; if it stays so, report it (SECURITY.md)'
  }
  Expand-Executable "$work/$archive" "$work/gait.exe"

  if ($DryRun) {
    Write-Output "checked: $archive (nothing was installed)"
  } else {
    $target = Join-Path $folder 'gait.exe'
    # Copied beside the target first, so that it can be renamed into place.
    $staged = Join-Path $folder ".gait.$([Guid]::NewGuid()).exe"
    try {
      New-Item -ItemType Directory -Force -Path $folder | Out-Null
      Copy-Item -LiteralPath "$work/gait.exe" -Destination $staged
    } catch {
      Stop-Install "cannot write to $folder" 'choose another folder with -InstallDir'
    }
    Install-Executable $staged $target
    Write-Output "installed: $target ($Version, $Platform)"
    Write-Next $folder
  }
  $status = 0
} catch {
  [Console]::Error.WriteLine("gait install: $($_.Exception.Message)")
} finally {
  foreach ($left in @($work, $staged)) {
    if ($left -ne '' -and (Test-Path -LiteralPath $left)) {
      Remove-Item -LiteralPath $left -Recurse -Force -ErrorAction SilentlyContinue
    }
  }
}
exit $status
