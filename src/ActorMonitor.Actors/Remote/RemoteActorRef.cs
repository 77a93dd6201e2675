using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>
/// A handle of an actor in another system. What it is told goes over the wire, at most once. There is no remote
/// DeathWatch: watching such a ref logs a warning and never gives a Terminated; links are watched by the messages over them.
/// </summary>
internal sealed class RemoteActorRef : InternalActorRef
{
    private readonly Remoting _remoting;

    public RemoteActorRef(Remoting remoting, ActorPath path)
    {
        _remoting = remoting;
        Path = path;
        WirePath = Remoting.WirePath(path);
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider => _remoting.Provider;

    public override bool IsLocal => false;

    public override IInternalActorRef Parent => Path.Depth == 0 ? this : new RemoteActorRef(_remoting, Path.Parent);

    /// <summary>The path without its address, as frames carry it.</summary>
    public string WirePath { get; }

    /// <summary>The peer's association as last seen; it may have been removed since.</summary>
    public Association? LastAssociation { get; set; }

    public override IActorRef GetChild(IReadOnlyList<string> names)
    {
        var path = Path;
        foreach (var name in names)
            path = name == ".." ? path.Parent : name.Length == 0 ? path : path / name;

        return path == Path ? this : new RemoteActorRef(_remoting, path);
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch)
            _remoting.Log.Warning("[{0}] watches [{1}] in another system: that is not supported, no Terminated will come.", watch.Watcher.Path, Path);
    }

    protected override void TellInternal(object message, IActorRef sender) => _remoting.Send(message, sender, this);
}
