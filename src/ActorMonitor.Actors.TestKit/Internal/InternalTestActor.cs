using Akka.Actor;

namespace Akka.TestKit.Internal;

// Owns nothing: it puts what it receives into the queue of its kit. Supervised by the system guardian.
internal sealed class InternalTestActor(TestQueue queue) : ActorBase
{
    private Func<object, bool>? _ignore;

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
                    queue.Add(new Envelope(message, Sender));
                }

                break;
        }

        return true;
    }

    internal sealed record SetIgnore(Func<object, bool>? ShouldIgnore) : INoSerializationVerificationNeeded;

    internal sealed record WatchActor(IActorRef Actor, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchActor(IActorRef Actor, TaskCompletionSource Done) : INoSerializationVerificationNeeded;
}
