namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    private const string ConditionNotMet = "the condition was not met in time";
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Repeats the assertion until it passes; what it throws last, when the time is over, fails the test.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var end = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                assertion();
                return;
            }
            catch (Exception) when (Now < end && !cancellationToken.IsCancellationRequested)
            {
                // Tried again below: the last failure is the one that leaves.
            }

            // On the caller's thread, so that what the assertion tells keeps its implicit sender.
            Complete(PauseAsync(end, interval, cancellationToken));
        }
    }

    /// <inheritdoc cref="AwaitAssert"/>
    public Task AwaitAssertAsync(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
        => AwaitAssertAsync(
            () =>
            {
                assertion();
                return Task.CompletedTask;
            },
            duration,
            interval,
            cancellationToken);

    private async Task AwaitAssertAsync(Func<Task> assertion, TimeSpan? duration, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await AsTestActor(assertion).ConfigureAwait(false);
                return;
            }
            catch (Exception) when (Now < end && !cancellationToken.IsCancellationRequested)
            {
                // Tried again below: the last failure is the one that leaves.
            }

            await PauseAsync(end, interval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default)
        => AwaitAssert(() => Check(conditionIsFulfilled(), ConditionNotMet), max, null, cancellationToken);

    /// <inheritdoc cref="AwaitCondition"/>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default)
        => AwaitAssertAsync(async () => Check(await conditionIsFulfilled().ConfigureAwait(false), ConditionNotMet), max, null, cancellationToken);

    private static async ValueTask PauseAsync(TimeSpan end, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var left = NotNegative(end - Now);
        var pause = interval ?? DefaultInterval;
        await Task.Delay(pause < left ? pause : left, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }
}
