# The few commands of a developer, for PowerShell. Installs nothing; tests that lack something report themselves as skipped.
param(
    [ValidateSet('build', 'test', 'clean', 'soak')]
    [string] $Command = 'build',
    [string] $Configuration = 'Release',
    # Of soak: which ones (all of bench/soaks.txt), and whether to begin anew what has begun.
    [string[]] $Name = @(),
    [switch] $Fresh
)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

# The long runs, one after another, here in the foreground: one that is broken off goes on at the next start.
function Invoke-Soaks {
    $soaks = @(Get-Content bench/soaks.txt | Where-Object { $_ -and -not $_.StartsWith('#') } | ForEach-Object {
        $words = -split $_
        [pscustomobject] @{ Name = $words[0]; Project = $words[1]; Arguments = $words[2..($words.Count - 1)] }
    })
    $unknown = @($Name | Where-Object { $_ -notin $soaks.Name })
    if ($unknown) {
        [Console]::Error.WriteLine("there is no soak $($unknown -join ', '); there are: $($soaks.Name -join ', ')")
        return 2
    }
    New-Item -ItemType Directory -Force artifacts/soak | Out-Null
    $failed = 0
    foreach ($soak in $soaks | Where-Object { -not $Name -or $_.Name -in $Name }) {
        $arguments = $soak.Arguments + '--results', "artifacts/soak/$($soak.Name).jsonl", '--fresh', $(if ($Fresh) { 'yes' } else { 'no' })
        dotnet run --project $soak.Project --configuration $Configuration -- @arguments | Out-Host
        if ($LASTEXITCODE -ne 0) { $failed = 1 }
    }
    return $failed
}

switch ($Command) {
    'build' { dotnet build ActorMonitor.sln --configuration $Configuration --nologo }
    'test' { dotnet test ActorMonitor.sln --configuration $Configuration --nologo }
    'soak' { exit (Invoke-Soaks) }
    'clean' { Get-ChildItem src, tests -Include bin, obj -Recurse -Directory | Remove-Item -Recurse -Force }
}
exit $LASTEXITCODE
