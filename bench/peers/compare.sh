#!/bin/bash
# compare.sh [KIND...]: the peers and a monitor node of ours side by side, in turn, ROUNDS times (5), against the same targets.
# KIND: ping ping20 tcp http https dns ntp; all by default. Prints a line a kind: medians of the processor time a check takes the
# prober, and the ratio to the bar. Ours is the whole monitor process: link, queue, router, probe, journal and result.
# Build first: dotnet build -c Release. The targets are started when they do not run, and stopped again.
. "$(dirname "$0")/common.sh"
ROUNDS=${ROUNDS:-5}; SECONDS_EACH=${SECONDS_EACH:-5}
REPO=$(cd "$HERE/../.." && pwd)
BENCH=$REPO/bench/ActorMonitor.Bench/bin/Release/net10.0/ActorMonitor.Bench.dll
[ -f "$BENCH" ] || { echo "build first: dotnet build -c Release" >&2; exit 2; }
[ $# -gt 0 ] || set -- ping ping20 tcp http https dns ntp
for kind; do case $kind in ping|ping20|tcp|http|https|dns|ntp) ;; *) echo "unknown kind $kind: expected ping, ping20, tcp, http, https, dns or ntp" >&2; exit 2 ;; esac; done

if [ ! -f "$RUN/nginx.pid" ]; then
    "$HERE/targets.sh" start > /dev/null || exit 1
    trap '"$HERE/targets.sh" stop' EXIT
fi

peer() { # the peer's one line
    case $1 in
        ping) "$HERE/peer-blackbox.sh" icmp 32 1000 "$SECONDS_EACH" ;;
        ping20) "$HERE/peer-fping.sh" 3000 20 ;;
        ntp) "$HERE/peer-plugins.sh" ntp 4 2000 "$SECONDS_EACH" ;;
        *) "$HERE/peer-blackbox.sh" "$1" 32 1000 "$SECONDS_EACH" ;;
    esac
}
ours() {
    case $1 in
        ping) set -- --service ping ;;
        ping20) set -- --service ping --settings "count=20;gap=10ms" --jobs 2000 --parallel 1000 ;;
        tcp) set -- --service tcp --port "$TCP_PORT" ;;
        http) set -- --service http --port "$HTTP_PORT" --host 127.0.0.1 ;;
        https) set -- --service https --port "$HTTPS_PORT" --host 127.0.0.1 --settings insecure=true ;;
        dns) set -- --service dns --port "$DNS_PORT" --host "$DNS_ADDR" --settings "query=$DNS_NAME" ;;
        ntp) set -- --service ntp --port "$NTP_PORT" --host "$NTP_ADDR" ;;
    esac
    dotnet "$BENCH" checks "$@" --seconds "$SECONDS_EACH" --rounds 1
}
bar() { # what ours may take at most, as a share of the peer's
    case $1 in ping) echo "60 us" ;; ping20) echo 1.5 ;; tcp) echo 0.25 ;; http) echo 0.333 ;; https) echo 0.8 ;; dns) echo 0.125 ;; ntp) echo 0.1 ;; esac
}
median() { sort -g | awk '{v[NR]=$1} END {print NR%2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }

printf '%-8s %22s %22s %8s %8s   %s\n' kind "peer us/check" "ours us/check" ratio bar "ours: checks/s"
for kind; do
    : > "$WORKDIR/cmp.peer"; : > "$WORKDIR/cmp.ours"; : > "$WORKDIR/cmp.rate"
    for ((round = 0; round < ROUNDS; round++)); do
        line=$(peer "$kind") || { echo "$kind: the peer failed" >&2; exit 1; }
        sed 's/.*cpu_us_per_check=\([0-9.]*\).*/\1/' <<< "$line" >> "$WORKDIR/cmp.peer"
        line=$(ours "$kind") || { echo "$kind: ours failed" >&2; exit 1; }
        echo "$kind $line" >> "$WORKDIR/results.log"
        # A ping of twenty is counted by the packet, as fping's is.
        per=1; [ "$kind" != ping20 ] || per=20
        sed 's/.* \([0-9.]*\) us CPU\/check.*/\1/' <<< "$line" | awk -v p=$per '{print $1 / p}' >> "$WORKDIR/cmp.ours"
        sed 's/.*: \([0-9.]*\) checks\/s.*/\1/' <<< "$line" | awk -v p=$per '{print $1 * p}' >> "$WORKDIR/cmp.rate"
    done
    p=$(median < "$WORKDIR/cmp.peer"); o=$(median < "$WORKDIR/cmp.ours")
    printf '%-8s %22s %22s %8s %8s   %.0f\n' "$kind" "$p ($(sort -g "$WORKDIR/cmp.peer" | sed -n '1p;$p' | paste -sd-))" \
        "$o ($(sort -g "$WORKDIR/cmp.ours" | sed -n '1p;$p' | paste -sd-))" "$(awk "BEGIN{printf \"%.3f\", $o/$p}")" "$(bar "$kind")" "$(median < "$WORKDIR/cmp.rate")"
done
