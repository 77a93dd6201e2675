using Akka.Actor;

namespace Akka.Remote;

/// <summary>Remoting could not listen, reach a peer, or send.</summary>
public class RemoteTransportException(string message, Exception? cause = null) : AkkaException(message, cause);
