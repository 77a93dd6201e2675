using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>The hash that names a version of a job's definition.</summary>
internal static class JobRevision
{
    /// <summary>
    /// The first 63 bits of SHA-256 over all parts of the definition. Each part is preceded by its length, so that no two
    /// definitions write the same bytes.
    /// </summary>
    internal static long Of(CheckDefinition check)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Append(bytes, check.Job.Name);
        Append(bytes, check.Service);
        Append(bytes, check.Host);
        Append(bytes, check.Port);
        Append(bytes, check.Interval.Ticks);
        Append(bytes, check.Timeout.Ticks);
        Append(bytes, check.Settings);
        Append(bytes, check.Expectations);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(bytes.WrittenSpan, digest);
        return BinaryPrimitives.ReadInt64BigEndian(digest) & long.MaxValue;
    }

    private static void Append(ArrayBufferWriter<byte> bytes, SettingMap settings)
    {
        Append(bytes, settings.Count);
        foreach (var (name, value) in settings)
        {
            Append(bytes, name);
            Append(bytes, value.IsList ? value.Items.Length : -1);
            foreach (var item in value.Items)
                Append(bytes, item);
        }
    }

    private static void Append(ArrayBufferWriter<byte> bytes, string text)
    {
        Append(bytes, Encoding.UTF8.GetByteCount(text));
        _ = Encoding.UTF8.GetBytes(text, bytes);
    }

    private static void Append(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), number);
        bytes.Advance(sizeof(long));
    }
}
