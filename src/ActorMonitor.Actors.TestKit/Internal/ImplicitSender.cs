using Akka.Actor;

namespace Akka.TestKit.Internal;

// Runs what is posted, the continuations of the test, with the test actor as the implicit sender.
internal sealed class ImplicitSenderContext(ActorCell cell) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
        => ThreadPool.UnsafeQueueUserWorkItem(
            work =>
            {
                var before = Current;
                SetSynchronizationContext(work.context);
                try
                {
                    work.context.Send(work.d, work.state);
                }
                finally
                {
                    SetSynchronizationContext(before);
                }
            },
            (d, state, context: this),
            preferLocal: false);

    public override void Send(SendOrPostCallback d, object? state)
    {
        var before = ActorCell.Current;
        ActorCell.Current = cell;
        try
        {
            d(state);
        }
        finally
        {
            ActorCell.Current = before;
        }
    }

    public override SynchronizationContext CreateCopy() => this;
}
