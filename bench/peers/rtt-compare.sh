#!/bin/bash
# rtt-compare.sh [ROUNDS]: how far the measured round trip is from the truth, ours and fping's in turn, against a responder that
# answers after DELAY_MS (5), at 1,000 and 10,000 pings a second. Prints percentiles; the truth is DELAY_MS plus some hundredths
# of a millisecond on loopback. As root; on a quiet machine, since the responder needs its processor too.
. "$(dirname "$0")/common.sh"
rounds=${1:-3}; delay=${DELAY_MS:-5}
BENCH=$(cd "$HERE/../.." && pwd)/bench/ActorMonitor.Bench/bin/Release/net10.0/ActorMonitor.Bench.dll
[ -f "$BENCH" ] || { echo "build first: dotnet build -c Release" >&2; exit 2; }
awk 'BEGIN{for (k=0;k<1000;k++) printf "127.%d.%d.%d\n", k/64516, k/254%254, k%254+1}' > "$WORKDIR/rtt.list"
fping_at() { # NAME GAP_MS COUNT PERIOD_MS
    "$HERE/rtt.sh" "$delay" fping -q -C "$3" -i "$2" -p "$4" -f "$WORKDIR/rtt.list" 2>&1 |
        awk -F' : ' '/ : /{n=split($2,a," "); for (i=1;i<=n;i++) if (a[i] != "-") print a[i]}' | sort -g |
        awk -v name="$1" '{a[NR]=$1} END {printf "%s p50 %.3f p99 %.3f p99.9 %.3f max %.3f\n", name, a[int(NR*.5)], a[int(NR*.99)], a[int(NR*.999)], a[NR]}'
}
ours_at() { # NAME CHECKS_PER_SECOND, a hundred pings each
    "$HERE/rtt.sh" "$delay" dotnet "$BENCH" probe --service ping --targets 1000 --settings "count=100;gap=9.7ms" --rate "$2" --seconds 3 --rounds 3 --figure rtt 2>&1 | tail -1 | sed "s|^rtt:|$1|"
}
for ((i = 0; i < rounds; i++)); do
    fping_at "fping  1000/s" 1 6 1000
    ours_at "ours   1000/s" 10
    fping_at "fping 10000/s" 0.1 60 100
    ours_at "ours  10000/s" 103
done
