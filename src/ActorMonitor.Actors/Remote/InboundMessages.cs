using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>Turns the message frames of one link into messages for actors. Runs on the link's reading loop only.</summary>
internal sealed class InboundMessages(Remoting remoting, Address origin)
{
    private const int MaxCached = 1024;

    // A newer peer may send what this system does not know, but not that alone.
    private const int MaxDroppedInARow = 100;

    private readonly Dictionary<string, IActorRef> _recipients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IActorRef> _senders = new(StringComparer.Ordinal);
    private readonly char[] _text = new char[Frames.MaxPathBytes];
    private int _droppedInARow;

    /// <summary>
    /// Delivers a message. Fields that cannot be, and one message after another that must be dropped, are a
    /// <see cref="SerializationException"/>, which ends the link.
    /// </summary>
    public void Deliver(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        var recipient = Recipient(reader.TextBytes(Frames.MaxPathBytes));
        var sender = Sender(reader.TextBytes(Frames.MaxPathBytes));
        var serializerId = reader.Int32();
        var manifest = reader.Text(Frames.MaxManifestBytes);
        Interlocked.Increment(ref remoting.Counters.Received);

        object message;
        try
        {
            message = remoting.System.Serialization.Deserialize(reader.Rest().ToArray(), serializerId, manifest)
                ?? throw new SerializationException("the serializer makes null of it");
        }
        catch (Exception e)
        {
            // A serializer is code of the user's over bytes of a stranger's: whatever it throws, only this message is lost.
            Interlocked.Increment(ref remoting.Counters.Unreadable);
            remoting.WarnOfPeer(
                "Dropped a message from [{0}] for [{1}] with serializer {2} and manifest '{3}', which cannot be read: {4}",
                origin,
                recipient.Path,
                serializerId,
                Frames.Printable(manifest),
                Frames.Printable(e.Message));
            CountDropped();
            return;
        }

        if (!IsAllowed(recipient, message))
        {
            Interlocked.Increment(ref remoting.Counters.Untrusted);
            remoting.WarnOfPeer("Dropped a message from [{0}]: untrusted mode keeps {1} for [{2}] out", origin, message.GetType().Name, recipient.Path);
            CountDropped();
            return;
        }

        _droppedInARow = 0;

        if (message is ActorSelectionMessage selection)
            ActorSelection.Deliver((IInternalActorRef)recipient, sender, selection);
        else
            recipient.Tell(message, sender);
    }

    private void CountDropped()
    {
        if (++_droppedInARow == MaxDroppedInARow)
            throw new SerializationException($"{MaxDroppedInARow} messages in a row that had to be dropped");
    }

    private bool IsAllowed(IActorRef recipient, object message)
    {
        if (!remoting.Settings.UntrustedMode)
            return true;

        if (message is not ActorSelectionMessage selection)
            return message is not IPossiblyHarmful;

        // Only plain names from the root: a pattern or a way up could reach what the list does not name.
        return recipient.Path.Depth == 0
            && selection.Message is not IPossiblyHarmful
            && Array.TrueForAll(selection.Elements, e => e != ".." && e.AsSpan().IndexOfAny('*', '?') < 0)
            && remoting.Settings.TrustedSelectionPaths.Contains("/" + string.Join('/', selection.Elements));
    }

    private IActorRef Recipient(ReadOnlySpan<byte> path)
    {
        var text = Decode(path);
        if (_recipients.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
        {
            if (known is IInternalActorRef { IsTerminated: false })
                return known;
            _recipients.GetAlternateLookup<ReadOnlySpan<char>>().Remove(text);
        }

        if (text is not ['/', ..])
            throw new SerializationException("a recipient that is no path of this system");

        var found = Resolve(text, remoting.Address);

        // Without a uid the path may mean another actor next time.
        if (found.Path.Uid != 0 && found is IInternalActorRef { IsTerminated: false })
            Remember(_recipients, text, found);

        return found;
    }

    private IActorRef Sender(ReadOnlySpan<byte> path)
    {
        var text = Decode(path);
        if (text.IsEmpty)
            return ActorRefs.NoSender;

        if (_senders.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
            return known;

        // A sender of a third system is a claim that nobody vouches for.
        if (text[0] != '/' && remoting.Settings.UntrustedMode)
            return ActorRefs.NoSender;

        var found = Resolve(text, origin);
        if (found is RemoteActorRef)
            Remember(_senders, text, found);

        return found;
    }

    private IActorRef Resolve(ReadOnlySpan<char> path, Address address)
    {
        var whole = path is ['/', ..] ? string.Concat(address.ToString(), path) : path.ToString();
        return ActorPath.TryParse(whole, out var parsed)
            ? remoting.Provider.ResolveActorRef(parsed)
            : throw new SerializationException($"'{Frames.Printable(whole)}' is no path of an actor");
    }

    private ReadOnlySpan<char> Decode(ReadOnlySpan<byte> path)
    {
        // Paths are ASCII (ActorPath.IsValidPathElement).
        return Ascii.ToUtf16(path, _text, out var length) == System.Buffers.OperationStatus.Done
            ? _text.AsSpan(0, length)
            : throw new SerializationException("a path holds characters that no path can have");
    }

    private static void Remember(Dictionary<string, IActorRef> cache, ReadOnlySpan<char> path, IActorRef found)
    {
        if (cache.Count >= MaxCached)
            cache.Clear();

        cache[path.ToString()] = found;
    }
}
