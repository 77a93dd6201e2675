#!/usr/bin/env bash
# The few commands of a developer. Installs nothing by itself: with --install, or CI=true, `test` first installs the
# Debian packages that some tests need (their services are kept from starting); without, those tests report themselves
# as skipped and say what they lack.
set -euo pipefail
cd "$(dirname "$0")"

packages=(iproute2 bind9 chrony)
configuration=${CONFIGURATION:-Release}

usage() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND] [--install]
  build    build everything (the default)
  test     build everything and run all tests; ends with the line "N passed, N failed, N skipped"
  clean    remove what builds left behind
  --install   with test: install the Debian packages that some tests need (as root); CI=true does the same
TEXT
}

install_packages() {
    local missing=()
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${missing[*]}"
    # Debian asks this file before it starts a service; 101 is "not allowed".
    local policy=/usr/sbin/policy-rc.d made=no
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy && made=yes
    fi
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}") > /dev/null 2>&1 \
        || echo "could not install ${missing[*]}; the tests that need them are skipped"
    [ $made = no ] || rm -f $policy
}

build() {
    dotnet build ActorMonitor.sln --configuration "$configuration" --nologo -v quiet -clp:NoSummary
}

# Runs the tests of the projects given; appends the result lines to $results.
run_tests() {
    local project
    for project in "$@"; do
        echo "== $(basename "$project")"
        dotnet test "$project" --no-build --configuration "$configuration" --nologo 2>&1 | tee -a "$results" || failed=yes
    done
}

run_all_tests() {
    results=$(mktemp)
    failed=no
    trap 'rm -f "$results"' EXIT
    local unit=() project
    for project in tests/*/*.csproj; do
        case $project in
            *EndToEnd*) ;;
            *) unit+=("$project") ;;
        esac
    done
    run_tests "${unit[@]}"
    # The end-to-end tests come last and alone: they watch what an operator would see, and when.
    run_tests tests/ActorMonitor.EndToEnd/*.csproj
    local totals
    totals=$(awk '/(Passed!|Failed!|Skipped!) +- Failed:/ {
            gsub(",", ""); for (i = 1; i < NF; i++) { if ($i == "Failed:") f += $(i+1); if ($i == "Passed:") p += $(i+1); if ($i == "Skipped:") s += $(i+1) } }
        END { printf "%d passed, %d failed, %d skipped", p, f, s }' "$results")
    # A test project that broke off without its result line counts as a failure.
    if [ $failed = yes ] && [[ $totals == *" 0 failed"* ]]; then
        totals=${totals/ 0 failed/ 1 failed}
    fi
    echo "$totals"
    [ $failed = no ] && [[ $totals != "0 passed"* ]]
}

command=build
install=${CI:-false}
for argument in "$@"; do
    case $argument in
        build | test | clean) command=$argument ;;
        --install) install=true ;;
        -h | --help | help) usage; exit 0 ;;
        *) echo "unknown argument $argument" >&2; usage >&2; exit 2 ;;
    esac
done

case $command in
    build) build ;;
    test)
        [ "$install" != true ] || install_packages
        build
        run_all_tests
        ;;
    clean) rm -rf src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj ;;
esac
