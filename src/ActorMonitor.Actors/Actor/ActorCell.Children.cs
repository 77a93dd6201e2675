namespace Akka.Actor;

/// <summary>The children.</summary>
internal partial class ActorCell
{
    private const string NameDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
    private static long _lastUid = Random.Shared.Next();

    // Made for the first child, and at the end, so that none comes in after it.
    private ChildrenContainer? _children;
    private long _lastName = -1;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null) CheckName(name);
        return MakeChild(props, name, isSystemService: false);
    }

    public IActorRef Child(string name) => _children?.Get(name)?.Child ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => [.. AllChildren().Select(stats => stats.Child)];

    public void Stop(IActorRef child)
    {
        _children?.MarkStopping(child);
        ((IInternalActorRef)child).Stop();
    }

    /// <summary>Makes and starts a child; guardians are asked to from any thread.</summary>
    public IInternalActorRef MakeChild(Props props, string? name, bool isSystemService)
    {
        var childName = name ?? NextName();
        var child = Children().Add(childName, () =>
        {
            var path = new ChildActorPath(Self.Path, childName, NextUid());
            return SystemImpl.LocalProvider.ActorOf(SystemImpl, props, Self, path, isSystemService);
        });

        // A child made while its parent holds back its messages, say in PreRestart, is resumed together with the others.
        for (var holds = SuspendedByFault; holds > 0; holds--) child.Suspend();
        child.Start();
        return child;
    }

    /// <summary>The child with a name, with its uid after a <c>#</c> or without; Nobody when there is none.</summary>
    public virtual IInternalActorRef GetSingleChild(string name)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0) return _children?.Get(name)?.Child ?? (IInternalActorRef)ActorRefs.Nobody;
        return _children?.Get(name[..hash])?.Child is { } child && long.TryParse(name.AsSpan(hash + 1), out var uid) && child.Path.Uid == uid
            ? child
            : (IInternalActorRef)ActorRefs.Nobody;
    }

    internal static long NextUid()
    {
        // 0 means "not known" in paths, and the other side of the wire reads an Int32.
        var uid = Interlocked.Increment(ref _lastUid) & int.MaxValue;
        return uid == 0 ? NextUid() : uid;
    }

    internal static string ShortName(long number, string prefix)
    {
        var name = prefix;
        do
        {
            name += NameDigits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);
        return name;
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0) throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Names consist of ASCII letters, digits and -_.*+:@&=,!~';$() and do not start with $.");
        }
    }

    private bool IsEnding => _children is { IsTerminating: true };

    // The children of guardians are made from any thread.
    private ChildrenContainer Children()
    {
        if (_children is null) Interlocked.CompareExchange(ref _children, new ChildrenContainer(), null);
        return _children;
    }

    private IReadOnlyList<ChildStats> AllChildren() => _children?.All() ?? [];

    private string NextName() => ShortName(Interlocked.Increment(ref _lastName), "$");
}
