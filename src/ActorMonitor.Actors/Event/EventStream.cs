using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Event;

/// <summary>A bus by types: who subscribes to a type gets every event of it and of types derived from it, once.</summary>
public class EventStream : LoggingBus
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> _subscriptions = ImmutableDictionary<IActorRef, ImmutableHashSet<Type>>.Empty;
    private ConcurrentDictionary<Type, IActorRef[]> _subscribersOfType = new();

    internal EventStream()
    {
    }

    /// <summary>Subscribes; false when the subscriber has the channel, or one above it, already.</summary>
    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_lock)
        {
            var channels = _subscriptions.GetValueOrDefault(subscriber, []);
            if (channels.Any(known => known.IsAssignableFrom(channel))) return false;
            _subscriptions = _subscriptions.SetItem(subscriber, channels.Add(channel));
            _subscribersOfType = new ConcurrentDictionary<Type, IActorRef[]>();
        }

        return true;
    }

    /// <summary>Unsubscribes from a channel and all below it.</summary>
    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(subscriber, out var channels)) return false;
            var left = channels.Except(channels.Where(channel.IsAssignableFrom));
            if (left.Count == channels.Count) return false;
            _subscriptions = left.IsEmpty ? _subscriptions.Remove(subscriber) : _subscriptions.SetItem(subscriber, left);
            _subscribersOfType = new ConcurrentDictionary<Type, IActorRef[]>();
        }

        return true;
    }

    /// <summary>Unsubscribes from all channels.</summary>
    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.ContainsKey(subscriber)) return false;
            _subscriptions = _subscriptions.Remove(subscriber);
            _subscribersOfType = new ConcurrentDictionary<Type, IActorRef[]>();
        }

        return true;
    }

    /// <summary>Sends an event to all who subscribe to its type.</summary>
    public override void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var known = Volatile.Read(ref _subscribersOfType);
        var subscribers = known.GetOrAdd(@event.GetType(), static (type, self) => self.SubscribersOf(type), this);
        foreach (var subscriber in subscribers)
        {
            // A dead subscriber would answer with a dead letter, which is an event again.
            if (subscriber is IInternalActorRef { IsTerminated: true }) Unsubscribe(subscriber);
            else subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    /// <summary>Drops the subscriptions of an actor that has ended.</summary>
    internal void Forget(IActorRef subscriber)
    {
        if (Volatile.Read(ref _subscriptions).ContainsKey(subscriber)) Unsubscribe(subscriber);
    }

    private IActorRef[] SubscribersOf(Type type) =>
        [.. Volatile.Read(ref _subscriptions).Where(entry => entry.Value.Any(channel => channel.IsAssignableFrom(type))).Select(entry => entry.Key)];
}

/// <summary>Subscribing with the channel as a type argument.</summary>
public static class EventStreamExtensions
{
    /// <summary>Subscribes to a type.</summary>
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Subscribe(subscriber, typeof(TChannel));
}
