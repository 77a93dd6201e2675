using Akka.Actor;

namespace Akka.TestKit.Internal;

// Counts what its filters match while a test's action runs.
internal sealed class EventFilterApplier : IEventFilterApplier
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<LogFilter> _filters;

    internal EventFilterApplier(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> filters)
        => (_testkit, _system, _filters) = (testkit, system, filters);

    public EventFilterFactory And => new(_testkit, _system, _filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) => Expect(1, timeout, action, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Expect(1, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) => Expect(1, timeout, func, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => ExpectAsync(1, actionAsync, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
        => ExpectAsync(1, timeout, action, cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) => ExpectAsync(1, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => ExpectAsync(1, timeout, func, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(expectedCount, null, () => Run(action), cancellationToken));

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(expectedCount, timeout, () => Run(action), cancellationToken));

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(expectedCount, null, () => Task.FromResult(func()), cancellationToken));

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(CountAsync(expectedCount, timeout, () => Task.FromResult(func()), cancellationToken));

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default)
        => CountAsync(expectedCount, null, () => RunAsync(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
        => CountAsync(expectedCount, timeout, () => RunAsync(action), cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => CountAsync(expectedCount, null, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => CountAsync(expectedCount, timeout, func, cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(MuteAsync(() => Task.FromResult(func()), cancellationToken));

    public void Mute(Action action, CancellationToken cancellationToken = default)
        => TestKitBase.Complete(MuteAsync(() => Run(action), cancellationToken));

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) => MuteAsync(() => RunAsync(action), cancellationToken);

    public async Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        cancellationToken.ThrowIfCancellationRequested();
        return await func().ConfigureAwait(false);
    }

    public IUnmutableFilter Mute()
    {
        Publish();
        return new Muted(this);
    }

    private async Task<T> CountAsync<T>(int expected, TimeSpan? timeout, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        foreach (var filter in _filters)
        {
            filter.WhenMatched(() =>
            {
                if (Interlocked.Increment(ref count) == Math.Max(expected, 1))
                {
                    enough.TrySetResult();
                }
            });
        }

        T result;
        using (Mute())
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = await run().ConfigureAwait(false);
            var wait = _testkit.Dilated(timeout ?? _testkit.TestKitSettings.TestEventFilterLeeway);
            var first = await Task.WhenAny(enough.Task, Task.Delay(wait, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();

            // One too many may come right behind: the log is drained once before counting.
            if (first == enough.Task)
            {
                await DrainAsync(wait).ConfigureAwait(false);
            }
        }

        _testkit.Assertions.AssertTrue(
            Volatile.Read(ref count) == expected, $"expected {expected} of {string.Join(" or ", _filters)}, counted {Volatile.Read(ref count)}");
        return result;
    }

    private static Task<bool> Run(Action action)
    {
        action();
        return Task.FromResult(true);
    }

    private static async Task<bool> RunAsync(Func<Task> action)
    {
        await action().ConfigureAwait(false);
        return true;
    }

    private void Publish() => _system.EventStream.Publish(new MuteFilters(_filters, () => { }));

    private async Task DrainAsync(TimeSpan wait)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.EventStream.Publish(new MuteFilters([], () => applied.TrySetResult()));
        await Task.WhenAny(applied.Task, Task.Delay(wait, TimeProvider.System)).ConfigureAwait(false);
    }

    private sealed class Muted(EventFilterApplier owner) : IUnmutableFilter
    {
        public void Unmute()
        {
            foreach (var filter in owner._filters)
            {
                filter.WhenMatched(null);
            }

            owner._system.EventStream.Publish(new UnmuteFilters(owner._filters));
        }

        public void Dispose() => Unmute();
    }
}
