using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>
/// The wire between two systems. A frame is its length (4 bytes, little-endian), its kind (1 byte), its fields.
/// A connection starts with Hello from who made it; the answer is Welcome or Refuse; then both sides send the rest.
/// <code>
/// Hello    magic u32, version u16, own address text, own uid i32, wanted address text
/// Welcome  magic u32, version u16, own address text, own uid i32
/// Refuse   reason text
/// Message  recipient text, sender text, serializer i32, manifest text, payload
/// </code>
/// A text is its length (u16) and UTF-8. A recipient is a path without address; so is a sender of the system that sends.
/// </summary>
internal static class Frames
{
    public const int LengthBytes = 4;
    public const int MaxHandshakeBytes = 1024;
    public const ushort Version = 1;
    public const int MaxPathBytes = 2048;
    public const int MaxManifestBytes = 256;

    /// <summary>No message needs more than this beside its payload and manifest.</summary>
    public const int MessageOverheadBytes = 1 + 2 + 2 + 4 + 2;

    private const int Magic = 0x314D4B41;
    private const int MaxAddressBytes = 320;
    private const int MaxReasonBytes = 900;
    private const int MaxPrintedChars = 256;

    public static void WriteHello(WireWriter writer, Address own, int uid, Address wanted) =>
        Write(writer, FrameKind.Hello, () =>
        {
            WriteIntroduction(writer, own, uid);
            writer.Text(wanted.ToString());
        });

    public static void WriteWelcome(WireWriter writer, Address own, int uid) =>
        Write(writer, FrameKind.Welcome, () => WriteIntroduction(writer, own, uid));

    public static void WriteRefuse(WireWriter writer, string reason) => Write(writer, FrameKind.Refuse, () => writer.Text(Printable(reason)));

    public static void WriteEmpty(WireWriter writer, FrameKind kind)
    {
        writer.Int32(1);
        writer.Byte((byte)kind);
    }

    public static void WriteMessage(WireWriter writer, in OutgoingMessage message)
    {
        writer.Int32(message.FrameBytes);
        writer.Byte((byte)FrameKind.Message);
        writer.Text(message.RecipientPath);
        writer.Text(message.SenderPath);
        writer.Int32(message.SerializerId);
        writer.Text(message.Manifest);
        writer.Bytes(message.Payload);
    }

    /// <summary>Reads a Hello; who speaks another protocol or version gets told so.</summary>
    public static (Introduction Peer, string Wanted) ReadHello(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        if (reader.Byte() != (byte)FrameKind.Hello)
            throw new HandshakeException("the connection did not start with a Hello");

        var peer = ReadIntroduction(ref reader);
        var wanted = reader.Text(MaxAddressBytes);
        reader.End();
        return (peer, wanted);
    }

    /// <summary>Reads the answer to a Hello.</summary>
    public static Introduction ReadAnswer(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        var kind = (FrameKind)reader.Byte();
        if (kind == FrameKind.Refuse)
            throw new HandshakeException($"the peer refuses: {Printable(reader.Text(MaxReasonBytes))}");

        if (kind != FrameKind.Welcome)
            throw new HandshakeException("the peer does not answer with a Welcome");

        var peer = ReadIntroduction(ref reader);
        reader.End();
        return peer;
    }

    /// <summary>What a peer wrote, fit for a log line.</summary>
    public static string Printable(string text) =>
        new([.. text.Take(MaxPrintedChars).Select(c => char.IsControl(c) ? '?' : c)]);

    private static void Write(WireWriter writer, FrameKind kind, Action writeFields)
    {
        var start = writer.Length;
        writer.Int32(0);
        writer.Byte((byte)kind);
        writeFields();
        writer.PatchInt32(start, writer.Length - start - LengthBytes);
    }

    private static void WriteIntroduction(WireWriter writer, Address own, int uid)
    {
        writer.Int32(Magic);
        writer.UInt16(Version);
        writer.Text(own.ToString());
        writer.Int32(uid);
    }

    private static Introduction ReadIntroduction(ref WireReader reader)
    {
        if (reader.Int32() != Magic)
            throw new HandshakeException("the peer speaks another protocol");

        var version = reader.UInt16();
        if (version != Version)
            throw new HandshakeException($"the peer speaks version {version} of the protocol, this system version {Version}");

        var text = reader.Text(MaxAddressBytes);
        var uid = reader.Int32();
        if (!ActorPath.TryParse(text, out var path) || path.Depth != 0 || !path.Address.HasGlobalScope || path.Address.ToString() != text)
            throw new HandshakeException($"the peer introduces itself as '{Printable(text)}', which is no address");

        return new Introduction(path.Address, uid);
    }
}

/// <summary>The kinds of frames.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Welcome = 2,
    Refuse = 3,
    Heartbeat = 4,
    Goodbye = 5,
    Message = 6,
}

/// <summary>Who a peer says it is; the uid is another one after each start of its system.</summary>
internal readonly record struct Introduction(Address Address, int Uid);

/// <summary>A message on its way out, serialized.</summary>
internal readonly record struct OutgoingMessage(
    object Message,
    IActorRef? Sender,
    RemoteActorRef Recipient,
    string RecipientPath,
    string SenderPath,
    int SerializerId,
    string Manifest,
    byte[] Payload,
    int FrameBytes);

/// <summary>A peer that is not talked to, and why.</summary>
internal sealed class HandshakeException(string message) : SerializationException(message);
