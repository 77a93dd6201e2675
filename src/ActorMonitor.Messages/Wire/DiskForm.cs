using System.Runtime.Serialization;
using Google.Protobuf;

namespace ActorMonitor.Messages.Wire;

/// <summary>The bytes of results and grants as nodes keep them on disk: their wire form without what belongs to a session.</summary>
public static class DiskForm
{
    /// <summary>A result with the epoch of the command that it answers and the revision that was run.</summary>
    public static byte[] Write(Epoch epoch, long revision, CheckResult result) => WireWriter.Write(epoch, revision, result).ToByteArray();

    /// <summary>What a monitor is permitted to run.</summary>
    public static byte[] Write(GrantTerms terms) => WireWriter.Write(terms).ToByteArray();

    /// <summary>Reads what <see cref="Write(Epoch, long, CheckResult)"/> wrote.</summary>
    /// <exception cref="SerializationException">The bytes are no such thing, or break a bound of it.</exception>
    public static (Epoch Epoch, long Revision, CheckResult Result) ReadResult(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var message = CompletedMessage.Parser.ParseFrom(bytes);
            return (new Epoch(message.Epoch), message.Revision, WireReader.Result(message));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException($"not a result: {e.Message}", e);
        }
    }

    /// <summary>Reads what <see cref="Write(GrantTerms)"/> wrote.</summary>
    /// <exception cref="SerializationException">The bytes are no such thing, or break a bound of it.</exception>
    public static GrantTerms ReadGrant(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return WireReader.Read(GrantTermsMessage.Parser.ParseFrom(bytes));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException($"not a grant: {e.Message}", e);
        }
    }
}
