using Akka.Actor;

namespace Akka.TestKit.Internal;

// Owns nothing: it puts what it receives into the queue of its kit. Supervised by the system guardian.
internal sealed class InternalTestActor : ActorBase
{
    private readonly TestQueue _queue;
    private Func<object, bool>? _ignore;

    public InternalTestActor(TestQueue queue) => _queue = queue;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetIgnore ignore:
                _ignore = ignore.ShouldIgnore;
                break;
            case WatchActor watch:
                Context.Watch(watch.Actor);
                watch.Done.TrySetResult();
                break;
            case UnwatchActor unwatch:
                Context.Unwatch(unwatch.Actor);
                unwatch.Done.TrySetResult();
                break;
            default:
                if (_ignore?.Invoke(message) != true)
                {
                    _queue.Add(new RealMessageEnvelope(message, Sender));
                }

                break;
        }

        return true;
    }

    internal sealed record SetIgnore(Func<object, bool>? ShouldIgnore) : INoSerializationVerificationNeeded;

    internal sealed record WatchActor(IActorRef Actor, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchActor(IActorRef Actor, TaskCompletionSource Done) : INoSerializationVerificationNeeded;
}
