using System.Runtime.CompilerServices;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message, or null when none comes in time.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => Complete(ReceiveOneAsync(max, cancellationToken));

    /// <inheritdoc cref="ReceiveOne"/>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => (await TryReceiveOneAsync(max, cancellationToken).ConfigureAwait(false)).envelope.Message;

    /// <summary>The next message with its sender, if one comes in time.</summary>
    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        (var success, envelope) = Complete(TryReceiveOneAsync(max, cancellationToken));
        return success;
    }

    /// <inheritdoc cref="TryReceiveOne"/>
    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(TimeSpan? max, CancellationToken cancellationToken = default)
    {
        var envelope = await _queue.TakeAsync(WaitFor(max), cancellationToken).ConfigureAwait(false);
        _lastWasNoMessage = false;
        _last = envelope ?? NullMessageEnvelope.Instance;
        return (envelope is not null, _last);
    }

    /// <summary>The next message, left in the queue, or null when none comes in time.</summary>
    public object? PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => Complete(PeekOneAsync(max, cancellationToken));

    /// <inheritdoc cref="PeekOne"/>
    public async ValueTask<object?> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
        => (await _queue.PeekAsync(WaitFor(max), cancellationToken).ConfigureAwait(false))?.Message;

    /// <summary>The next messages, all of them within the default time.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default)
        => Complete(CollectAsync(ReceiveNAsync(numberOfMessages, cancellationToken)));

    /// <summary>The next messages, all of them within <paramref name="max"/>.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
        => Complete(CollectAsync(ReceiveNAsync(numberOfMessages, max, cancellationToken)));

    /// <inheritdoc cref="ReceiveN(int, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default)
        => ReceiveWithinAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ReceiveN(int, TimeSpan, CancellationToken)"/>
    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
        => ReceiveWithinAsync(numberOfMessages, Dilated(max), cancellationToken);

    /// <summary>The messages for which the filter answers something, until it answers null or <paramref name="max"/> or <paramref name="idle"/> is over.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T?> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue, CancellationToken cancellationToken = default)
        where T : class
        => Complete(CollectAsync(ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken)));

    /// <inheritdoc cref="ReceiveWhile{T}"/>
    public async IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Func<object, T?> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        var end = Now + RemainingOrDilated(max);
        for (var count = 0; count < msgs; count++)
        {
            var wait = end - Now;
            if (idle is { } pause && pause < wait)
            {
                wait = pause;
            }

            var next = await _queue.PeekAsync(NotNegative(wait), cancellationToken).ConfigureAwait(false);
            if (next?.Message is not { } message || filter(message) is not { } wanted)
            {
                break;
            }

            _last = (await _queue.TakeAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))!;
            yield return wanted;
        }

        _lastWasNoMessage = true;
    }

    /// <summary>Skips messages until one fits.</summary>
    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
        => Complete(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    /// <summary>Skips messages until one of the type fits.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
        => Complete(FishForMessageAsync(isMessage, max, hint, cancellationToken));

    /// <inheritdoc cref="FishForMessage(Predicate{object}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
        => FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <inheritdoc cref="FishForMessage{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var wait = RemainingOrDilated(max);
        var end = Now + wait;
        var skipped = new List<object?>();
        while (true)
        {
            var (received, envelope) = await TakeUntilAsync(end, cancellationToken).ConfigureAwait(false);
            if (!received)
            {
                Fail($"timeout ({wait}) while fishing for a {typeof(T).Name}{Hint(hint)}; skipped {skipped.Count}: {string.Join(", ", skipped.Take(20))}");
            }

            if (envelope.Message is T message && isMessage(message))
            {
                return message;
            }

            skipped.Add(envelope.Message);
        }
    }

    private async IAsyncEnumerable<object> ReceiveWithinAsync(
        int numberOfMessages, TimeSpan max, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = Now + max;
        for (var i = 0; i < numberOfMessages; i++)
        {
            var (received, envelope) = await TakeUntilAsync(end, cancellationToken).ConfigureAwait(false);
            if (!received)
            {
                Fail($"timeout ({max}) while expecting {numberOfMessages} messages (got {i})");
            }

            yield return envelope.Message!;
        }
    }

    private ValueTask<(bool success, MessageEnvelope envelope)> TakeUntilAsync(TimeSpan end, CancellationToken cancellationToken)
        => TakeForAsync(end - Now, cancellationToken);

    // Like TryReceiveOneAsync for a wait that is already dilated.
    private async ValueTask<(bool success, MessageEnvelope envelope)> TakeForAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var envelope = await _queue.TakeAsync(NotNegative(wait), cancellationToken).ConfigureAwait(false);
        _lastWasNoMessage = false;
        _last = envelope ?? NullMessageEnvelope.Instance;
        return (envelope is not null, _last);
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

    private static async ValueTask<IReadOnlyList<T>> CollectAsync<T>(IAsyncEnumerable<T> items)
    {
        var collected = new List<T>();
        await foreach (var item in items.ConfigureAwait(false))
        {
            collected.Add(item);
        }

        return collected;
    }
}
