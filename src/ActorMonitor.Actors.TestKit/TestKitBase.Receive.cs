using Akka.Actor;
using Xunit.Sdk;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, or null when none comes in time.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => Complete(ReceiveOneAsync(max, cancellationToken));

    /// <inheritdoc cref="ReceiveOne"/>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => (await TakeAsync(WaitFor(max), cancellationToken).ConfigureAwait(false))?.Message;

    /// <summary>The next messages, all of them within the default time.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default)
        => Complete(ReceiveWithinAsync(numberOfMessages, RemainingOrDefault, cancellationToken));

    /// <summary>The next messages, all of them within <paramref name="max"/>.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
        => Complete(ReceiveWithinAsync(numberOfMessages, Dilated(max), cancellationToken));

    /// <summary>Skips messages until one fits.</summary>
    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
        => FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Skips messages until one of the type fits.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
        => Complete(FishAsync(isMessage, RemainingOrDilated(max), hint, cancellationToken));

    private async ValueTask<T> FishAsync<T>(Predicate<T> isMessage, TimeSpan wait, string hint, CancellationToken cancellationToken)
    {
        var end = Now + wait;
        var skipped = new List<object>();
        while (true)
        {
            if (await TakeAsync(NotNegative(end - Now), cancellationToken).ConfigureAwait(false) is not { } envelope)
            {
                throw new XunitException($"timeout ({wait}) while fishing for a {typeof(T).Name}{Hint(hint)}; skipped {skipped.Count}: {string.Join(", ", skipped.Take(20))}");
            }

            if (envelope.Message is T message && isMessage(message))
            {
                return message;
            }

            skipped.Add(envelope.Message);
        }
    }

    private async ValueTask<IReadOnlyCollection<object>> ReceiveWithinAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken)
    {
        var end = Now + max;
        var received = new List<object>();
        while (received.Count < numberOfMessages)
        {
            if (await TakeAsync(NotNegative(end - Now), cancellationToken).ConfigureAwait(false) is not { } envelope)
            {
                throw new XunitException($"timeout ({max}) while expecting {numberOfMessages} messages (got {received.Count})");
            }

            received.Add(envelope.Message);
        }

        return received;
    }

    private async ValueTask<Envelope?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        _last = await _queue.TakeAsync(wait, cancellationToken).ConfigureAwait(false);
        _lastWasNoMessage = false;
        return _last;
    }

    // Without a time: what is left of the block, or the default. A negative one waits for ever.
    private TimeSpan WaitFor(TimeSpan? max)
        => max switch
        {
            null => NotNegative(RemainingOrDefault),
            { } wait when wait < TimeSpan.Zero => Timeout.InfiniteTimeSpan,
            { } wait => wait,
        };

    private static TimeSpan NotNegative(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
}
