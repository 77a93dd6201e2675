using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// A handle of an actor in another system. What it is told goes over the wire, at most once. There is no remote
/// DeathWatch: watching such a ref logs a warning and never gives a Terminated; links are watched by the messages over them.
/// </summary>
internal sealed class RemoteActorRef(Remoting remoting, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider => remoting.Provider;

    public override bool IsLocal => false;

    public override IInternalActorRef Parent => Path.Depth == 0 ? this : new RemoteActorRef(remoting, Path.Parent);

    /// <summary>The path without its address, as frames carry it.</summary>
    public string WirePath { get; } = Remoting.WirePath(path);

    /// <summary>The peer's association as last seen; it may have been removed since.</summary>
    public Association? LastAssociation { get; set; }

    public override IActorRef GetChild(IReadOnlyList<string> names)
    {
        var at = Path;
        foreach (var name in names)
            at = name == ".." ? at.Parent : name.Length == 0 ? at : at / name;

        return at == Path ? this : new RemoteActorRef(remoting, at);
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch)
            remoting.Log.Warning("[{0}] watches [{1}] in another system: that is not supported, no Terminated will come.", watch.Watcher.Path, Path);
    }

    protected override void TellInternal(object message, IActorRef sender) => remoting.Send(message, sender, this);
}
