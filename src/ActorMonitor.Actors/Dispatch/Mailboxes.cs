using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>The mailboxes that the configuration describes, by the path of their sections; what one lacks says <c>akka.actor.default-mailbox</c>.</summary>
internal sealed class Mailboxes(Config config, EventStream eventStream)
{
    private const string DefaultPath = "akka.actor.default-mailbox";

    private readonly ConcurrentDictionary<string, MailboxType> _types = new(StringComparer.Ordinal);

    /// <summary>Makes sure that the mailbox which props ask for exists and serves their actor.</summary>
    public void Check(Props props, ActorPath path)
    {
        try
        {
            var type = Lookup(props.MailboxPath!);
            var serves = !typeof(IWithStash).IsAssignableFrom(props.Type)
                || (type.IsDeque && !(type.IsBounded && typeof(IWithUnboundedStash).IsAssignableFrom(props.Type)));
            if (!serves) throw new ArgumentException($"An actor like [{props.Type}] cannot keep its stash over a mailbox of the type {type.Name}.");
        }
        catch (Exception e)
        {
            throw new ConfigurationException($"Configuration problem while creating [{path}] with mailbox [{props.MailboxPath}]: {e.Message}", e);
        }
    }

    /// <summary>The mailbox at a path; it is read once.</summary>
    public MailboxType Lookup(string path)
    {
        if (_types.TryGetValue(path, out var known)) return known;
        var type = Read(path);
        if (_types.TryAdd(path, type) && type is { IsBounded: true, PushTimeout.Ticks: > 0 })
        {
            eventStream.Publish(new Warning(
                null, "mailboxes", GetType(), $"Who sends to a full mailbox [{path}] is held up for {type.PushTimeout}; a mailbox-push-timeout-time of 0 avoids that."));
        }

        return type;
    }

    /// <summary>How many messages a stash over the mailbox at a path may hold; zero or less means any number.</summary>
    public int StashCapacity(string? path) => path is null ? config.GetInt($"{DefaultPath}.stash-capacity") : Lookup(path).StashCapacity;

    private MailboxType Read(string path)
    {
        if (config.GetConfig(path) is not { } own) throw new ConfigurationException($"Mailbox Type [{path}] not configured");
        var section = own.WithFallback(config.GetConfig(DefaultPath));
        var name = section.GetString("mailbox-type");
        if (string.IsNullOrEmpty(name)) throw new ConfigurationException($"{path}.mailbox-type is empty.");
        var (isBounded, isDeque) = name.Split(',')[0].Trim() switch
        {
            "Akka.Dispatch.UnboundedMailbox" => (false, false),
            "Akka.Dispatch.BoundedMailbox" => (true, false),
            "Akka.Dispatch.UnboundedDequeBasedMailbox" => (false, true),
            "Akka.Dispatch.BoundedDequeBasedMailbox" => (true, true),
            _ => throw new ConfigurationException($"{path}.mailbox-type: '{name}' is no known mailbox; the bounded and unbounded ones of Akka.Dispatch are."),
        };
        if (!isBounded) return new MailboxType(name, isBounded, isDeque, 0, TimeSpan.Zero, section.GetInt("stash-capacity"));

        var capacity = section.GetInt("mailbox-capacity");
        if (capacity < 0) throw new ArgumentException($"{path}.mailbox-capacity: {capacity} is negative.");
        var timeout = section.GetTimeSpan("mailbox-push-timeout-time");
        if (timeout < TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentException($"{path}.mailbox-push-timeout-time: {timeout} is no time that a sender can be held up for.");
        }

        return new MailboxType(name, isBounded, isDeque, capacity, timeout, section.GetInt("stash-capacity"));
    }
}

/// <summary>A kind of mailbox. A bounded one with the capacity zero has no bound, as in Akka.NET.</summary>
internal sealed record MailboxType(string Name, bool IsBounded, bool IsDeque, int Capacity, TimeSpan PushTimeout, int StashCapacity)
{
    /// <summary>The bound of one more mailbox of this kind; null for none.</summary>
    public MailboxBound? NewBound() => Capacity > 0 ? new MailboxBound(Capacity, PushTimeout) : null;
}

/// <summary>The places of a bounded mailbox. A message has one from its sending until the actor takes it.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Nobody asks for its wait handle: it holds nothing of the system's.")]
internal sealed class MailboxBound(int capacity, TimeSpan pushTimeout)
{
    private readonly SemaphoreSlim _places = new(capacity, capacity);

    /// <summary>Takes a place; when there is none, waits for one on the sender's thread.</summary>
    public bool TryEnter() => _places.Wait(pushTimeout);

    public void Leave() => _places.Release();
}
