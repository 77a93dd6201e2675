using System.Threading.Channels;
using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>What a test actor has received and the test has not looked at yet. Many writers, one reader.</summary>
internal sealed class TestQueue
{
    private readonly Channel<Envelope> _envelopes = Channel.CreateUnbounded<Envelope>();

    internal bool HasMessages => _envelopes.Reader.TryPeek(out _);

    internal void Add(Envelope envelope) => _envelopes.Writer.TryWrite(envelope);

    /// <summary>The next envelope, removed; null when none came in time.</summary>
    internal async ValueTask<Envelope?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await ArriveAsync(timeout, cancellationToken).ConfigureAwait(false);
        return _envelopes.Reader.TryRead(out var envelope) ? envelope : null;
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
