using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Tests.Stores;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Tests;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Results;

public class LedgerWatchSpec : TestKit
{
    private static readonly LaneKey Lane = new(new JobId("shop"), "eu");
    private readonly MemoryDisk _disk = new();
    private readonly NodeHealth _health;
    private readonly TestProbe _writer;
    private readonly DateTimeOffset _begun;

    public LedgerWatchSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        var time = TestSchedulerTime.Of(Sys);
        _health = new NodeHealth(time);
        _writer = CreateTestProbe();
        _begun = time.GetUtcNow();
        _ = Sys.ActorOf(LedgerWatch.Props(_writer.Ref, _health));
    }

    [Fact]
    public async Task Books_that_add_up_are_said_to_and_a_record_that_is_missing_is_found()
    {
        var store = await StoreAsync();
        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(store, null, _begun.AddSeconds(60)));
        AwaitAssert(() => Check().ShouldSatisfyAllConditions(
            check => check.Status.ShouldBe(HealthStatus.Ok), check => check.Message.ShouldBe("every slot of 1 lanes is accounted for")));

        _disk.Lock(() => _disk.Lanes[Lane].Records.Remove(_disk.Lanes[Lane].Records.Keys.First()));
        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(store, null, _begun.AddSeconds(60)));

        // A first look may have come between a decision and its commit.
        AnswerAfter(TimeSpan.FromSeconds(10), new CurrentStore(store, null, _begun.AddSeconds(60)));
        AwaitAssert(() => Check().Status.ShouldBe(HealthStatus.Failed));
        Check().Message.ShouldBe("slots due and slots recorded differ: shop on eu by 1; look at pbm ledger");
    }

    [Fact]
    public async Task While_the_store_is_not_written_nothing_is_said()
    {
        var store = await StoreAsync();

        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(store, "the disk is full", _begun.AddHours(1)));
        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(null, "damaged", _begun.AddHours(1)));
        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(store, null, _begun.AddSeconds(60)));

        AwaitAssert(() => Check().Status.ShouldBe(HealthStatus.Ok));
    }

    [Fact]
    public async Task Books_that_cannot_be_read_are_a_warning()
    {
        var store = await StoreAsync();
        _disk.Fault = StoreFault.Other;

        AnswerAfter(TimeSpan.FromMinutes(1), new CurrentStore(store, null, _begun));

        AwaitAssert(() => Check().Message.ShouldContain("cannot be read"));
        Check().Status.ShouldBe(HealthStatus.Warning);
    }

    private async Task<IStore> StoreAsync()
    {
        var store = await _disk.OpenAsync(CancellationToken.None);
        var schedule = new LaneSchedule(_begun, 10_000, 0, TimeSpan.FromSeconds(9));
        _ = await store.WriteAsync(
            [new SetSchedule(Lane, schedule), .. SlotsUpTo(_begun.AddSeconds(60)).Select(slot => new KeepResult(Lane, Sample.Result("shop", slot), 1))], CancellationToken.None);
        return store;
    }

    private IEnumerable<Slot> SlotsUpTo(DateTimeOffset end)
    {
        for (var slot = new Slot((_begun.ToUnixTimeMilliseconds() / 10_000 * 10_000) + 10_000); slot.Due <= end; slot = new Slot(slot.DueUnixMilliseconds + 10_000))
            yield return slot;
    }

    // The timer may be armed a little after the answer before.
    private void AnswerAfter(TimeSpan time, CurrentStore store)
    {
        AwaitAssert(() =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(time);
            _writer.HasMessages.ShouldBeTrue();
        });
        _writer.ExpectMsg<GetStore>();
        _writer.Reply(store);
    }

    private HealthCheck Check() => _health.Checks.Single(check => check.Name == "ledger");
}
