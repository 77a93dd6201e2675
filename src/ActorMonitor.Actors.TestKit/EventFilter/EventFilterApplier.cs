namespace Akka.TestKit.Internal;

// Counts what its filter matches while a test's action runs.
internal sealed class EventFilterApplier(TestKitBase testkit, LogFilter filter) : IEventFilterApplier
{
    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(1, () => Task.FromResult(func()), cancellationToken));

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default)
        => CountAsync(
            1,
            async () =>
            {
                await actionAsync().ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(
            expectedCount,
            () =>
            {
                action();
                return Task.FromResult(true);
            },
            cancellationToken));

    private async Task<T> CountAsync<T>(int expected, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        filter.WhenMatched(() =>
        {
            if (Interlocked.Increment(ref count) == Math.Max(expected, 1))
            {
                enough.TrySetResult();
            }
        });
        testkit.Sys.EventStream.Publish(new MuteFilter(filter, () => { }));
        T result;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = await run().ConfigureAwait(false);
            var wait = testkit.Dilated(testkit.TestKitSettings.TestEventFilterLeeway);
            var first = await Task.WhenAny(enough.Task, Task.Delay(wait, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();

            // One too many may come right behind: the log is drained once before counting.
            if (first == enough.Task)
            {
                await DrainAsync(wait).ConfigureAwait(false);
            }
        }
        finally
        {
            filter.WhenMatched(null);
            testkit.Sys.EventStream.Publish(new UnmuteFilter(filter));
        }

        TestKitBase.Check(Volatile.Read(ref count) == expected, $"expected {expected} of {filter}, counted {Volatile.Read(ref count)}");
        return result;
    }

    private async Task DrainAsync(TimeSpan wait)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        testkit.Sys.EventStream.Publish(new MuteFilter(filter, () => applied.TrySetResult()));
        await Task.WhenAny(applied.Task, Task.Delay(wait, TimeProvider.System)).ConfigureAwait(false);
    }
}
