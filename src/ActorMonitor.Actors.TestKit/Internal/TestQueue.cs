using System.Threading.Channels;

namespace Akka.TestKit.Internal;

/// <summary>What a test actor has received and the test has not looked at yet. Many writers, one reader.</summary>
internal sealed class TestQueue
{
    private readonly Channel<MessageEnvelope> _envelopes = Channel.CreateUnbounded<MessageEnvelope>();

    internal bool HasMessages => _envelopes.Reader.TryPeek(out _);

    internal void Add(MessageEnvelope envelope) => _envelopes.Writer.TryWrite(envelope);

    /// <summary>The next envelope, removed; null when none came in time.</summary>
    internal async ValueTask<MessageEnvelope?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await ArriveAsync(timeout, cancellationToken).ConfigureAwait(false);
        return _envelopes.Reader.TryRead(out var envelope) ? envelope : null;
    }

    /// <summary>The next envelope, left where it is; null when none came in time.</summary>
    internal async ValueTask<MessageEnvelope?> PeekAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await ArriveAsync(timeout, cancellationToken).ConfigureAwait(false);
        return _envelopes.Reader.TryPeek(out var envelope) ? envelope : null;
    }

    private async ValueTask ArriveAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (HasMessages || timeout == TimeSpan.Zero)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(timeout);
        try
        {
            await _envelopes.Reader.WaitToReadAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing came in time: the caller finds the queue empty.
        }
    }
}
