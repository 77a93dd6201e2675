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
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, check.Job.Name);
        Append(hash, check.Service);
        Append(hash, check.Host);
        Append(hash, check.Port);
        Append(hash, check.Interval.Ticks);
        Append(hash, check.Timeout.Ticks);
        Append(hash, check.Settings);
        Append(hash, check.Expectations);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _ = hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadInt64BigEndian(digest) & long.MaxValue;
    }

    private static void Append(IncrementalHash hash, SettingMap settings)
    {
        Append(hash, settings.Count);
        foreach (var (name, value) in settings)
        {
            Append(hash, name);
            Append(hash, value.IsList ? value.Items.Length : -1);
            foreach (var item in value.Items)
                Append(hash, item);
        }
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
