using System.Diagnostics.Metrics;

namespace Akka.Remote;

/// <summary>
/// Shows what remoting counts to whoever listens to the meter <c>Akka.Remote</c> (metrics exporters, dotnet-counters),
/// each value with the name of its system. Nothing is computed while nobody listens.
/// </summary>
internal sealed class RemotingMeter : IDisposable
{
    public const string Name = "Akka.Remote";

    private readonly Meter _meter = new(Name);
    private readonly KeyValuePair<string, object?> _system;

    public RemotingMeter(Remoting remoting)
    {
        _system = new("system", remoting.System.Name);
        var counters = remoting.Counters;
        Count("messages.sent", () => counters.Sent, "Messages written to connections");
        Count("messages.received", () => counters.Received, "Messages read from connections");
        Count("writes", () => counters.Writes, "Writes that carried messages; one takes as many as wait, up to 64 KiB");
        Count("dropped.unreachable", () => counters.Unreachable, "Messages to peers without a connection, with the gate closed or the dialling failed");
        Count("dropped.overflow", () => counters.Overflow, "Messages beyond send-queue-size or send-queue-bytes");
        Count("dropped.unsendable", () => counters.Unsendable, "Messages larger than maximum-frame-size, or without a serializer");
        Count("dropped.unreadable", () => counters.Unreadable, "Messages of peers that no serializer can read");
        Count("dropped.untrusted", () => counters.Untrusted, "Messages of peers that untrusted mode keeps out");
        Count("refused.connections", () => counters.RefusedConnections, "Connections beyond maximum-connections");
        Count("refused.handshakes", () => counters.RefusedHandshakes, "Connections closed in the handshake, that of TLS included");
        Count("refused.frames", () => counters.RefusedFrames, "Links closed because of what the peer sent");
        Level("links", () => remoting.Load().Links, "Connections with peers");
        Level("queue.messages", () => remoting.Load().Messages, "Messages that wait for connections");
        Level("queue.bytes", () => remoting.Load().Bytes, "What they take");
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string name, Func<long> read, string description) =>
        _meter.CreateObservableCounter("akka.remote." + name, () => new Measurement<long>(read(), _system), unit: null, description);

    private void Level(string name, Func<long> read, string description) =>
        _meter.CreateObservableGauge("akka.remote." + name, () => new Measurement<long>(read(), _system), unit: null, description);
}
