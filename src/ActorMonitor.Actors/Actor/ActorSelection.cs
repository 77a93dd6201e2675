using System.Text.RegularExpressions;

namespace Akka.Actor;

/// <summary>Actors by path, with <c>*</c> and <c>?</c> in names: looked up anew with each message.</summary>
public class ActorSelection : ICanTell
{
    private readonly IInternalActorRef _anchor;
    private readonly string[] _elements;

    internal ActorSelection(IInternalActorRef anchor, string[] elements)
    {
        _anchor = anchor;
        _elements = elements;
    }

    internal IInternalActorRef Anchor => _anchor;

    /// <summary>Sends a message to the actors that the path names now; without a sender it is the current actor.</summary>
    public void Tell(object message, IActorRef? sender = null)
    {
        if (message is null) throw new InvalidMessageException("A message must not be null.");
        var from = sender ?? ActorCell.Current?.Self ?? ActorRefs.NoSender;
        Deliver(_anchor, from, new ActorSelectionMessage(message, _elements, HasWildcard(_elements)));
    }

    void ICanTell.Tell(object message, IActorRef sender) => Tell(message, sender);

    /// <summary>The one actor of the path; fails with <see cref="ActorNotFoundException"/> when none answers in time.</summary>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout)
    {
        ActorIdentity identity;
        try
        {
            identity = await this.Ask<ActorIdentity>(new Identify(null!), timeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException($"Actor [{this}] did not answer within {timeout}.", e);
        }

        return identity.Subject ?? throw new ActorNotFoundException($"Actor [{this}] was not found.");
    }

    /// <inheritdoc />
    public override string ToString() => $"ActorSelection[Anchor({_anchor.Path}), Path(/{string.Join('/', _elements)})]";

    internal static ActorSelection ForPath(ActorSystemImpl system, ActorPath path) =>
        new(system.LocalProvider.RootGuardianAt(path.Address), [.. path.Elements]);

    internal static ActorSelection ForText(ActorSystemImpl system, IInternalActorRef relativeTo, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Address.TryParse(path, out var address, out var rest)) return new ActorSelection(system.LocalProvider.RootGuardianAt(address), Names(rest));
        return path[0] == '/'
            ? new ActorSelection(system.LocalProvider.RootGuardian, Names(path))
            : new ActorSelection(relativeTo, Names(path));
    }

    /// <summary>Walks from the anchor down the names and sends the message to what is there.</summary>
    internal static void Deliver(IInternalActorRef anchor, IActorRef sender, ActorSelectionMessage message)
    {
        if (message.Elements.Length == 0)
        {
            anchor.Tell(message.Message, sender);
            return;
        }

        Walk(anchor, sender, message, 0);
    }

    private static void Walk(IInternalActorRef at, IActorRef sender, ActorSelectionMessage message, int index)
    {
        for (; index < message.Elements.Length; index++)
        {
            if (at is not LocalActorRef local)
            {
                var rest = message.Elements[index..];
                if (!at.IsLocal)
                {
                    at.Tell(new ActorSelectionMessage(message.Message, rest, message.WildcardFanOut), sender);
                    return;
                }

                at = (IInternalActorRef)at.GetChild(rest);
                if (at.IsNobody()) break;
                at.Tell(message.Message, sender);
                return;
            }

            var name = message.Elements[index];
            if (name == "..")
            {
                at = local.Parent;
                continue;
            }

            if (IsPattern(name))
            {
                FanOut(local, sender, message, index);
                return;
            }

            at = local.GetSingleChild(name);
            if (!at.IsNobody()) continue;
            NotFound(local, sender, message, index);
            return;
        }

        if (!at.IsNobody()) at.Tell(message.Message, sender);
    }

    private static void FanOut(LocalActorRef parent, IActorRef sender, ActorSelectionMessage message, int index)
    {
        var pattern = new Regex(
            "^" + Regex.Escape(message.Elements[index]).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
            RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var matching = parent.Children.Cast<IInternalActorRef>().Where(child => pattern.IsMatch(child.Path.Name)).ToList();
        if (matching.Count == 0 && index == message.Elements.Length - 1 && !message.WildcardFanOut) NotFound(parent, sender, message, index);
        foreach (var child in matching) Walk(child, sender, message, index + 1);
    }

    private static void NotFound(LocalActorRef at, IActorRef sender, ActorSelectionMessage message, int index)
    {
        // A pattern that matches nobody is no mistake; a plain path is answered by its empty place.
        if (message.WildcardFanOut) return;
        var provider = (LocalActorRefProvider)at.Provider;
        var empty = new EmptyLocalActorRef(at.Path / message.Elements[index..], provider, provider.EventStream);
        empty.Tell(message.Message, sender);
    }

    private static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool HasWildcard(string[] elements) => Array.Exists(elements, IsPattern);

    private static bool IsPattern(string name) => name.AsSpan().IndexOfAny('*', '?') >= 0;
}

/// <summary>A message on its way down a selection's path.</summary>
internal sealed class ActorSelectionMessage(object message, string[] elements, bool wildcardFanOut) : IAutoReceivedMessage, IPossiblyHarmful
{
    public object Message { get; } = message;

    public string[] Elements { get; } = elements;

    public bool WildcardFanOut { get; } = wildcardFanOut;

    public override string ToString() => $"ActorSelectionMessage({Message}, /{string.Join('/', Elements)})";
}
