# The few commands of a developer, for PowerShell. Installs nothing; tests that lack something report themselves as skipped.
param(
    [ValidateSet('build', 'test', 'clean')]
    [string] $Command = 'build',
    [string] $Configuration = 'Release'
)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

switch ($Command) {
    'build' { dotnet build ActorMonitor.sln --configuration $Configuration --nologo }
    'test' { dotnet test ActorMonitor.sln --configuration $Configuration --nologo }
    'clean' { Get-ChildItem src, tests -Include bin, obj -Recurse -Directory | Remove-Item -Recurse -Force }
}
exit $LASTEXITCODE
