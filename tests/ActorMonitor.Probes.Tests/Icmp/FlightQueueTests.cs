using System.Net;
using ActorMonitor.Probes.Icmp;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class FlightQueueTests
{
    [Fact]
    public void Whatever_is_placed_moved_and_removed_the_first_is_the_earliest()
        => Check.QuickThrowOnFailure(Prop.ForAll<(byte Which, short When)[]>(steps =>
        {
            var flights = Enumerable.Range(0, 20).Select(_ => Flight()).ToArray();
            var queue = new FlightQueue();
            var expected = new HashSet<EchoFlight>();
            foreach (var (which, when) in steps)
            {
                var flight = flights[which % flights.Length];
                if (when % 4 == 0)
                {
                    queue.Remove(flight);
                    expected.Remove(flight);
                }
                else
                {
                    flight.DueAt = when;
                    queue.Place(flight);
                    expected.Add(flight);
                }

                if (queue.Count != expected.Count || (queue.First?.DueAt) != (expected.Count == 0 ? null : expected.Min(each => each.DueAt)))
                    return false;
            }

            var due = new List<long>();
            for (; queue.First is { } first; queue.Remove(first))
                due.Add(first.DueAt);
            return due.SequenceEqual(expected.Select(flight => flight.DueAt).Order());
        }));

    [Fact]
    public void One_that_is_in_no_queue_is_not_removed_from_it()
    {
        var queue = new FlightQueue();
        queue.Place(Flight());

        queue.Remove(Flight());

        queue.Count.ShouldBe(1);
    }

    private static EchoFlight Flight()
        => new(new EchoPlan(IPAddress.Loopback, 1, TimeSpan.Zero, 56) { AtMost = TimeSpan.FromSeconds(1) }, new EchoLog(1), 0, 1, CancellationToken.None);
}
