using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Messages.Wire;

/// <summary>Keeps a result's evidence within <see cref="WireLimits.CompletedBytes"/>.</summary>
public static class Evidence
{
    // What a Completed needs besides message, measurements and attributes, with room: ids, job, address, attempts.
    private const int FixedBytes = 4 * 1024;

    /// <summary>The same result, or one with texts cut and what is too much or no manager would take left out, marked as truncated.</summary>
    public static CheckResult Fit(CheckResult result)
    {
        var message = Cut(result.Message);
        var bytesLeft = WireLimits.CompletedBytes - FixedBytes - Encoding.UTF8.GetByteCount(message);
        var measurements = ImmutableArray.CreateBuilder<Measurement>(Math.Min(result.Measurements.Length, WireLimits.Measurements));
        foreach (var measurement in result.Measurements)
        {
            // 8 bytes of value, at most 5 of ordinal, 6 of tags, 6 of lengths.
            bytesLeft -= 25 + Encoding.UTF8.GetByteCount(measurement.Name) + Encoding.UTF8.GetByteCount(measurement.Unit);
            if (bytesLeft < 0 || measurements.Count == WireLimits.Measurements)
                break;
            if (double.IsFinite(measurement.Value) && measurement.Ordinal >= 0 && measurement.Name.Length <= WireLimits.Name && measurement.Unit.Length <= WireLimits.Name)
                measurements.Add(measurement);
        }

        var attributes = ImmutableArray.CreateBuilder<TextAttribute>(Math.Min(result.Attributes.Length, WireLimits.Attributes));
        var isCut = message.Length < result.Message.Length;
        foreach (var attribute in result.Attributes)
        {
            var value = Cut(attribute.Value);
            bytesLeft -= 10 + Encoding.UTF8.GetByteCount(attribute.Name) + Encoding.UTF8.GetByteCount(value);
            if (bytesLeft < 0 || attributes.Count == WireLimits.Attributes)
                break;
            if (attribute.Name.Length > WireLimits.Name)
                continue;
            isCut |= value.Length < attribute.Value.Length;
            attributes.Add(attribute with { Value = value });
        }

        var address = result.ResolvedAddress is { Length: > WireLimits.Host } ? null : result.ResolvedAddress;
        ImmutableArray<Attempt> attempts = [.. result.Attempts.TakeLast(WireLimits.Attempts)];
        if (!isCut
            && address == result.ResolvedAddress
            && measurements.Count == result.Measurements.Length
            && attributes.Count == result.Attributes.Length
            && attempts.Length == result.Attempts.Length)
        {
            return result;
        }

        return result with
        {
            ResolvedAddress = address,
            Message = message,
            Measurements = measurements.ToImmutable(),
            Attributes = attributes.ToImmutable(),
            Attempts = attempts,
            Truncated = true,
        };
    }

    private static string Cut(string text)
    {
        if (text.Length <= WireLimits.Text)
            return text;
        var end = WireLimits.Text - 3;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end] + "...";
    }
}
