using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Watching others, and being watched.</summary>
internal partial class ActorCell
{
    private Dictionary<IActorRef, object?>? _watching;
    private Dictionary<IActorRef, object?>? _terminatedQueued;
    private HashSet<IInternalActorRef>? _watchedBy;

    public IActorRef Watch(IActorRef subject) => Watch(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (_watching?.Remove(subject) == true)
        {
            var watchee = (IInternalActorRef)subject;
            watchee.SendSystemMessage(new Unwatch(watchee, Self));
        }

        // A notice that waits in the mailbox is no longer wanted either.
        _terminatedQueued?.Remove(subject);
        return subject;
    }

    private IActorRef Watch(IActorRef subject, object? message)
    {
        if (subject.Equals(Self)) return subject;
        _watching ??= [];
        if (_watching.TryGetValue(subject, out var known))
        {
            if (!Equals(known, message))
            {
                throw new InvalidOperationException($"[{subject}] is watched already with another message: Unwatch it first.");
            }

            return subject;
        }

        _watching.Add(subject, message);
        var watchee = (IInternalActorRef)subject;
        watchee.SendSystemMessage(new Watch(watchee, Self));
        return subject;
    }

    private void ReceiveTerminated(Terminated terminated)
    {
        if (_terminatedQueued is null || !_terminatedQueued.Remove(terminated.ActorRef, out var message)) return;
        if (message is null)
        {
            ReceiveMessage(terminated);
            return;
        }

        _envelope = new Envelope(message, terminated.ActorRef);
        ReceiveMessage(message);
    }

    private void WatchedActorTerminated(DeathWatchNotification died)
    {
        if (_watching is not null && _watching.Remove(died.Actor, out var message) && !IsEnding)
        {
            // It waits its turn among the user messages, so that what the dead one sent before comes first.
            (_terminatedQueued ??= [])[died.Actor] = message;
            Self.Tell(new Terminated(died.Actor, died.ExistenceConfirmed, died.AddressTerminated), died.Actor);
        }

        if (_children?.Get(died.Actor) is not null) HandleChildTerminated(died.Actor);
    }

    private void AddWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var watcheeSelf = watchee.Equals(Self);
        var watcherSelf = watcher.Equals(Self);
        if (watcheeSelf && !watcherSelf) (_watchedBy ??= []).Add(watcher);
        else if (!watcheeSelf && watcherSelf) Watch(watchee);
    }

    private void RemoveWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var watcheeSelf = watchee.Equals(Self);
        var watcherSelf = watcher.Equals(Self);
        if (watcheeSelf && !watcherSelf) _watchedBy?.Remove(watcher);
        else if (!watcheeSelf && watcherSelf) Unwatch(watchee);
    }

    private void TellWatchersWeDied()
    {
        if (_watchedBy is null) return;
        var notice = new DeathWatchNotification(Self, ExistenceConfirmed: true, AddressTerminated: false);
        foreach (var watcher in _watchedBy)
        {
            // The parent is told in any case.
            if (!watcher.Equals(Parent)) watcher.SendSystemMessage(notice);
        }

        _watchedBy = null;
    }

    private void UnwatchAll()
    {
        _terminatedQueued = null;
        if (_watching is null) return;
        foreach (var watchee in _watching.Keys.Cast<IInternalActorRef>()) watchee.SendSystemMessage(new Unwatch(watchee, Self));
        _watching = null;
    }
}
