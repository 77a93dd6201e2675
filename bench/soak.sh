#!/usr/bin/env bash
# The long runs of `./build.sh soak`: started in the background, one after another, resumed where they were broken off.
# What there is to run stands in soaks.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

list=bench/soaks.txt
results=artifacts/soak
running=$results/running
summary=$results/summary.txt
configuration=${CONFIGURATION:-Release}

names() { awk '!/^#/ && NF { print $1 }' $list; }

usage() {
    cat <<TEXT
usage: ./build.sh soak [NAME...] [--fresh | --status | --wait | --stop]
  builds and starts the named long runs, or all, in the background; one that was broken off goes on after its last round,
  one that came to its end begins anew
  --fresh    begin anew in any case
  --status   what runs, how far it is, and the last results
  --wait     wait for the end of what runs, then as --status; exit code 1 when a last result is not good
  --stop     end what runs
  names: $(names | paste -sd ' ' -)
  results: $results/summary.txt, and for each name NAME.log (to read) and NAME.jsonl (a line a round);
           those of the run before are NAME.previous.log and NAME.previous.jsonl
TEXT
}

# The process that runs them, if there is one. What an ended machine left behind names none, or a stranger.
runner() {
    local pid
    [ -s $running ] || return 1
    read -r pid _ < $running
    kill -0 "$pid" 2> /dev/null && ps -o args= -p "$pid" | grep -q 'soak.sh --run' || return 1
    echo "$pid"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

version() { git describe --always --dirty 2> /dev/null || echo unknown; }

field() { awk -v name="$1" -v field="$2" '$1 == name { if (field == 2) print $2; else { $1 = $2 = ""; sub(/^ +/, ""); print } }' $list; }

# Built into a folder of its own: a later build does not pull the program away from under the run.
build() {
    local project
    for project in $(for name in "$@"; do field "$name" 2; done | sort -u); do
        dotnet publish "$project" --configuration "$configuration" --output "$results/bin/$(basename "$project")" --nologo -v quiet -clp:NoSummary
    done
}

start() {
    local pid
    if pid=$(runner); then
        echo "a soak is running already (process $pid): see ./build.sh soak --status" >&2
        exit 2
    fi
    build "$@"
    rm -f $running
    # A session of its own, where there is such a thing, so that it outlives the shell and all that the shell belongs to.
    set -m
    nohup $(command -v setsid || true) bash bench/soak.sh --run "$fresh" "$@" < /dev/null > $results/runner.log 2>&1 &
    set +m
    for _ in $(seq 100); do
        if pid=$(runner); then
            echo "started: $* (process $pid)"
            echo "look at $results/NAME.log and $summary, or ./build.sh soak --status; end it with ./build.sh soak --stop"
            return 0
        fi
        sleep 0.1
    done
    echo "the soak did not start: see $results/runner.log" >&2
    exit 1
}

# What has come to its end is put aside: a verdict is never about two versions unless a run was broken off between them.
put_aside() {
    local kind
    for kind in log jsonl; do
        [ ! -e "$results/$1.$kind" ] || mv "$results/$1.$kind" "$results/$1.previous.$kind"
    done
}

# In the background. A second one that was started in the same moment finds the file there and goes.
run() {
    local fresh=$1 name project status began verdict version
    shift
    version=$(version)
    (set -o noclobber; echo "$$ since $(now): $*" > $running)
    trap 'rm -f $running' EXIT
    trap 'echo "$(now) $name was broken off and goes on at the next start" >> $summary; exit 143' TERM INT HUP
    for name in "$@"; do
        project=$(field "$name" 2) began=$SECONDS status=0
        if [ "$fresh" = yes ] || tail -n 1 "$results/$name.log" 2> /dev/null | grep -q '^== end'; then put_aside "$name"; fi
        echo "== $(now), version $version, $(uname -n), $(getconf _NPROCESSORS_ONLN) cores" >> "$results/$name.log"
        # shellcheck disable=SC2046 -- the words of the command
        dotnet "$results/bin/$(basename "$project")/$(basename "$project").dll" $(field "$name" 3) \
            --results "$results/$name.jsonl" --fresh no >> "$results/$name.log" 2>&1 || status=$?
        verdict="$name $([ $status = 0 ] && echo holds || echo FAILED) (version $version, exit code $status, $((SECONDS - began)) s)"
        echo "$(now) $verdict: $(tail -n 1 "$results/$name.log")" >> $summary
        echo "== end, $(now), $verdict" >> "$results/$name.log"
    done
}

# 1 when the last result of one of them is not good.
status() {
    local name last bad=0
    if runner > /dev/null; then echo "running: process $(cat $running)"; else echo "nothing is running"; fi
    for name in "$@"; do
        echo "== $name"
        last=$(grep -E "^[^ ]+ $name (holds|FAILED) " $summary 2> /dev/null | tail -n 1) || true
        echo "last result: ${last:-none}"
        [[ $last == *" $name holds "* ]] || bad=1
        if [ -s "$results/$name.log" ]; then
            echo "the end of $results/$name.log:"
            tail -n 3 "$results/$name.log" | sed 's/^/  /'
        fi
    done
    return $bad
}

stop() {
    local pid
    if ! pid=$(runner); then
        echo "nothing is running"
        return 0
    fi
    # Its whole group: the runner, the program and the program's other processes.
    kill -- "-$pid"
    for _ in $(seq 200); do
        runner > /dev/null || break
        sleep 0.1
    done
    if runner > /dev/null; then
        echo "process $pid does not end" >&2
        exit 1
    fi
    echo "broken off; ./build.sh soak goes on from there"
}

if [ "${1:-}" = --run ]; then
    shift
    run "$@"
    exit
fi

command=start fresh=no chosen=()
for argument in "$@"; do
    case $argument in
        --fresh) fresh=yes ;;
        --status | --wait | --stop) command=${argument#--} ;;
        -h | --help | help) usage; exit 0 ;;
        *)
            if ! names | grep -qxF -- "$argument"; then
                echo "there is no soak $argument" >&2
                usage >&2
                exit 2
            fi
            chosen+=("$argument")
            ;;
    esac
done
[ ${#chosen[@]} -gt 0 ] || mapfile -t chosen < <(names)
mkdir -p $results

case $command in
    start) start "${chosen[@]}" ;;
    status) status "${chosen[@]}" || true ;;
    wait)
        while runner > /dev/null; do sleep 1; done
        status "${chosen[@]}"
        ;;
    stop) stop ;;
esac
