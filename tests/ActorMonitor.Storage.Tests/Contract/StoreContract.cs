using System.Collections.Immutable;
using ActorMonitor.Messages;
using Xunit;

namespace ActorMonitor.Storage.Tests.Contract;

/// <summary>Opens stores of one backend for the contract's tests.</summary>
public interface IStoreFactory : IAsyncLifetime
{
    /// <summary>Opens the one store of this factory, new or as it was left.</summary>
    Task<IStore> OpenAsync(StoreSettings settings, TimeProvider time);
}

/// <summary>What every store does, whatever it is made of. A backend derives a class with its factory.</summary>
public abstract partial class StoreContract<T> : IAsyncLifetime
    where T : IStoreFactory, new()
{
    private protected static readonly LaneKey Lane = Sample.Lane();
    private protected static readonly DateTimeOffset Noon = Sample.Noon;
    private protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private protected static readonly LaneSchedule EveryTenSeconds = new(Noon, 10_000, 3_000, TimeSpan.FromSeconds(10));

    private readonly T _factory = new();
    private readonly ManualTime _time = new(Noon);
    private IStore _store = null!;

    public async Task InitializeAsync()
    {
        await _factory.InitializeAsync();
        _store = await _factory.OpenAsync(StoreSettings.Default, _time);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _factory.DisposeAsync();
    }

    private protected static DateTimeOffset Due(int slot) => Noon.AddSeconds(3 + (10 * slot));

    private protected static KeepResult Result(int slot, Outcome outcome = Outcome.Up) => new(Lane, Sample.Https(Lane, Due(slot), slot, outcome), 7);

    private protected static KeepRecord Record(int slot, Outcome outcome = Outcome.Lost, Cause cause = Cause.NoResult, bool isProvisional = true)
        => new(Lane, Sample.Slot(Due(slot)), outcome, cause, isProvisional, "no answer came");

    private protected static KeepRange Range(int first, int last, Outcome outcome = Outcome.NotRunning, Cause cause = Cause.NotRunning, bool replaces = false)
        => new(Lane, Due(first), Due(last).AddMilliseconds(1), outcome, cause, replaces);

    private async Task<ImmutableArray<WriteEffect>> Write(params ImmutableArray<StoreWrite> writes) => await _store.WriteAsync(writes, default);

    private async Task<WriteEffect> WriteOne(StoreWrite write) => (await Write(write)).Single();

    private async Task Reopen(StoreSettings? settings = null)
    {
        await _store.DisposeAsync();
        _store = await _factory.OpenAsync(settings ?? StoreSettings.Default, _time);
    }

    private async Task Maintain(DateTimeOffset now)
    {
        _time.MoveTo(now);
        for (var i = 0; i < 10_000; i++)
        {
            if (!await _store.MaintainAsync(now, default))
                return;
        }

        throw new InvalidOperationException("the upkeep never ends");
    }

    private async Task<LedgerRow> Ledger(DateTimeOffset now) => (await _store.LedgerAsync(Lane.Job, now, default)).Single();

    private Task<ImmutableArray<StoredRecord>> Records() => _store.RecordsAsync(Lane, Noon.AddDays(-30), Noon.AddDays(30), 100_000, newestFirst: false, default);
}
