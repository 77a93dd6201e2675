using System.Net.Sockets;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// A target's connection as a stream that owns its socket and closes it as <see cref="TargetDialler"/> has set it, by a
/// reset. <see cref="NetworkStream"/> would first shut it down: a packet more, and one more that the target has to work on.
/// </summary>
internal sealed class TargetStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Socket.Dispose();
    }
}
