using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Akka.Serialization;

namespace ActorMonitor.Actors.Tests.Fuzz;

/// <summary>
/// The frame decoder, as a link runs it: the first byte of an input chooses the sizes in which the stream hands out the rest, which is
/// cut into frames; each is read as a handshake and, where its kind says so, delivered as a message.
/// </summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private static readonly Address Own = new("akka.tcp", "fuzz", "127.0.0.1", 4242);
    private static readonly Address Peer = new("akka.tcp", "peer", "127.0.0.1", 4243);
    private readonly ActorSystem _system;
    private readonly int _maxFrameBytes;
    private readonly InboundMessages _inbound;

    public FrameTarget()
    {
        _system = ActorSystem.Create("fuzz", ConfigurationFactory.ParseString(
            """
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              actor.provider = remote
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              remote { untrusted-mode = on, trusted-selection-paths = ["/user/sink"], dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
            }
            """));
        _system.ActorOf(Props.Create(() => new Sink()), "sink");
        var remoting = ((RemoteActorRefProvider)((ExtendedActorSystem)_system).Provider).Remoting;
        _maxFrameBytes = remoting.Settings.MaximumFrameBytes;
        _inbound = new InboundMessages(remoting, Peer);
        AllowedBytes = 4L * _maxFrameBytes;
    }

    public string Name => "frames";

    // A frame's bytes, their copy for the serializer, its text, and the small change.
    public long AllowedBytes { get; }

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes(writer => Frames.WriteHello(writer, Peer, 7, Own)),
        Bytes(writer => Frames.WriteWelcome(writer, Peer, 7)),
        Bytes(writer => Frames.WriteRefuse(writer, "no room")),
        Bytes(writer => Frames.WriteEmpty(writer, FrameKind.Heartbeat)),
        Bytes(writer => Frames.WriteEmpty(writer, FrameKind.Goodbye)),
        Bytes(writer => Message(writer, "/user/sink", "/user/a#5", 17, "S", "text"u8)),
        Bytes(writer => Message(writer, "/user/sink", "", 17, "I", [1, 0, 0, 0])),
        Bytes(writer => Message(writer, "/user/sink", "akka.tcp://third@127.0.0.1:1/user/x", 4, "", [1, 2, 3])),
        Bytes(writer =>
        {
            Message(writer, "/", "/user/a#5", 17, "L", [1, 2, 3, 4, 5, 6, 7, 8]);
            Frames.WriteEmpty(writer, FrameKind.Heartbeat);
            Message(writer, "/deadLetters", "/temp/$a", 99, "X", []);
        }),
        .. FrameworkMessages(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0, 0, 0, 0], [0x00, 0xf4, 0x01, 0x00], [0x01, 0xf4, 0x01, 0x00],
        [0xff, 0xff], [0, 8], [1], [6], [5], "/user/sink"u8.ToArray(), "#"u8.ToArray(), ".."u8.ToArray(), "*"u8.ToArray(),
        "akka.tcp://"u8.ToArray(), [0xc3, 0x28], "S"u8.ToArray(),
    ];

    public string Run(byte[] input)
    {
        if (input.Length == 0)
            return "empty";

        using var reader = new FrameReader(new Chunks(input));
        var ends = "";
        try
        {
            for (var frames = 0; ; frames++)
            {
                // In memory every read completes at once.
                var reading = reader.ReadAsync(_maxFrameBytes, CancellationToken.None);
                if (!reading.IsCompleted)
                    throw new InvalidOperationException("A read of bytes that are there waits.");

                if (reading.GetAwaiter().GetResult() is not { } frame)
                    return ends + "end";

                if (frames == 0)
                    ends += (Enum.IsDefined((FrameKind)frame.Span[0]) ? $"{(FrameKind)frame.Span[0]}" : "unknown") + " ";

                Refused(() => Frames.ReadHello(frame.Span));
                Refused(() => Frames.ReadAnswer(frame.Span));
                if (frame.Span[0] == (byte)FrameKind.Message)
                    _inbound.Deliver(frame.Span[1..]);
            }
        }
        catch (SerializationException e)
        {
            return ends + HoconTarget.Shape(e.Message);
        }
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private static void Refused(Action read)
    {
        try
        {
            read();
        }
        catch (SerializationException)
        {
            // Most inputs are no handshake.
        }
    }

    // What actors of the machinery send each other, in the serializer's own bytes.
    private static IEnumerable<byte[]> FrameworkMessages()
    {
        using var system = ActorSystem.Create("seeds", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }"));
        var serialization = ((ExtendedActorSystem)system).Serialization;
        object[] messages = [new Identify("id"), new Identify(5), PoisonPill.Instance, new ActorIdentity("id", null), Kill.Instance];
        foreach (var message in messages)
        {
            var serializer = serialization.FindSerializerFor(message);
            yield return Bytes(writer => Message(
                writer, "/user/sink", "/user/a#5", serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, message), serializer.ToBinary(message)));
        }
    }

    private static byte[] Bytes(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        return [255, .. writer.Written.Span];
    }

    private static void Message(WireWriter writer, string recipient, string sender, int serializer, string manifest, ReadOnlySpan<byte> payload)
    {
        var start = writer.Length;
        writer.Int32(0);
        writer.Byte((byte)FrameKind.Message);
        writer.Text(recipient);
        writer.Text(sender);
        writer.Int32(serializer);
        writer.Text(manifest);
        writer.Bytes(payload);
        writer.PatchInt32(start, writer.Length - start - Frames.LengthBytes);
    }

    private sealed class Sink : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    /// <summary>Hands out at most as many bytes at a time as the first byte of the input says.</summary>
    private sealed class Chunks(byte[] input) : MemoryStream(input, 1, input.Length - 1, writable: false)
    {
        private readonly int _atMost = Math.Max((int)input[0], 1);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, _atMost)], cancellationToken);
    }
}
