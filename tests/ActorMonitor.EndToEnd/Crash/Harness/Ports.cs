using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// Ports that a node can have again after it was killed: below those that the system hands out by itself, so that none of
/// the many connections of a check takes one in the meantime.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int End = 32_000;

    private static int _next = Random.Shared.Next(First, End);

    internal static int Free()
    {
        for (var tries = 0; tries < End - First; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % (End - First));
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one.
            }
        }

        throw new InvalidOperationException($"no port from {First} to {End} is free");
    }
}
