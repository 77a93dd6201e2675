#!/usr/bin/env bash
# The few commands of a developer. Installs nothing by itself: with --install, or CI=true, `test` first installs the
# Debian packages that some tests need (their services are kept from starting); without, those tests report themselves
# as skipped and say what they lack.
set -euo pipefail
cd "$(dirname "$0")"

packages=(iproute2 bind9 chrony tmux)
configuration=${CONFIGURATION:-Release}

usage() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND] [--install]
       ./build.sh soak [NAME...] [--fresh | --status | --wait | --stop]
  build    build everything (the default)
  test     build everything and run all tests; ends with the line "N passed, N failed, N skipped"
  clean    remove what builds left behind
  soak     start the long runs in the background; `./build.sh soak --help` says more
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
    # In a shell of its own, so that the file is gone however this ends.
    (
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
            trap 'rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy
        fi
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    ) > /dev/null 2>&1 || echo "could not install ${missing[*]}; the tests that need them are skipped"
}

build() {
    dotnet build ActorMonitor.sln --configuration "$configuration" --nologo -v quiet -clp:NoSummary
}

# Runs a test project and adds its result to the totals. One that ends without a result, or badly without a failed test
# (it broke off, or hung), counts as one failure.
run_project() {
    local project=$1 name trx numbers log=$scratch/log status=0
    name=$(basename "$project" .csproj)
    trx=$scratch/$name.trx
    # A project without a source has nothing to run yet.
    [ -n "$(find "$(dirname "$project")" -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ] || return 0
    echo "== $name"
    dotnet test "$project" --no-build --configuration "$configuration" --nologo --results-directory "$scratch" \
        --logger "trx;LogFileName=$name.trx" --blame-hang-timeout 4m --blame-hang-dump-type none > "$log" 2>&1 || status=$?
    # What the runner says of itself is of no use to people: its files are gone after the run.
    grep -vE '^(Results File:|Attachments:|Test run for |A total of |Starting test execution|VSTest version|Data collector|  .*\.(trx|xml)$|$)' "$log" || true
    numbers=$(grep -o '<Counters [^>]*>' "$trx" 2> /dev/null | sed -E 's/.* total="([0-9]+)" executed="([0-9]+)" passed="([0-9]+)".*/\1 \2 \3/') || true
    if [ -z "$numbers" ]; then
        echo "$name ended without a result (exit code $status)"
        failed=$((failed + 1))
        return 0
    fi
    local total executed ok
    read -r total executed ok <<< "$numbers"
    passed=$((passed + ok)) skipped=$((skipped + total - executed))
    if [ "$executed" -gt "$ok" ]; then
        failed=$((failed + executed - ok))
    elif [ $status -ne 0 ]; then
        echo "$name broke off (exit code $status)"
        failed=$((failed + 1))
    elif [ "$total" -eq 0 ]; then
        echo "$name has no test that could be found"
        failed=$((failed + 1))
    fi
    skipped_tests "$trx" >> "$scratch/skipped"
}

# Each skipped test of a result file with its reason, one a line.
skipped_tests() {
    awk 'BEGIN { RS = "<UnitTestResult " }
        /outcome="NotExecuted"/ {
            name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name)
            reason = "no reason given"
            if (match($0, /<Message>[^<]*/)) reason = substr($0, RSTART + 9, RLENGTH - 9)
            line = "  " name ": " reason
            gsub(/&quot;/, "\"", line); gsub(/&lt;/, "<", line); gsub(/&gt;/, ">", line); gsub(/&apos;|&#39;/, "\047", line); gsub(/&amp;/, "\\&", line); gsub(/[\r\n]+/, " ", line)
            print line
        }' "$1"
}

run_all_tests() {
    local project
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    passed=0 failed=0 skipped=0
    if build; then
        for project in tests/*/*.csproj; do
            [[ $project == *EndToEnd* ]] || run_project "$project"
        done
        # The end-to-end tests come last and alone: they watch what an operator would see, and when.
        run_project tests/ActorMonitor.EndToEnd/ActorMonitor.EndToEnd.csproj
    else
        echo "the build failed: no test was run"
        failed=1
    fi
    if [ -s "$scratch/skipped" ]; then
        echo "== skipped"
        cat "$scratch/skipped"
    fi
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ] && [ $passed -gt 0 ]
}

if [ "${1:-}" = soak ]; then
    shift
    exec bash bench/soak.sh "$@"
fi

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
        run_all_tests
        ;;
    clean) rm -rf src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj ;;
esac
