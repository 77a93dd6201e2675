using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Messages.Wire;

/// <summary>Keeps a result's evidence within <see cref="WireLimits.CompletedBytes"/>.</summary>
public static class Evidence
{
    // What a Completed needs besides message, measurements and attributes, with room: ids, job, address, attempts.
    private const int FixedBytes = 4 * 1024;

    /// <summary>The same result, or one with texts cut and the last measurements and attributes left out, marked as truncated.</summary>
    public static CheckResult Fit(CheckResult result)
    {
        var message = Cut(result.Message);
        var bytesLeft = WireLimits.CompletedBytes - FixedBytes - Encoding.UTF8.GetByteCount(message);
        var measurements = ImmutableArray.CreateBuilder<Measurement>(Math.Min(result.Measurements.Length, WireLimits.Measurements));
        foreach (var measurement in result.Measurements)
        {
            // 8 bytes of value, at most 5 of ordinal, 7 of tags and lengths.
            bytesLeft -= 20 + Encoding.UTF8.GetByteCount(measurement.Name) + Encoding.UTF8.GetByteCount(measurement.Unit);
            if (bytesLeft < 0 || measurements.Count == WireLimits.Measurements)
                break;
            if (double.IsFinite(measurement.Value) && measurement.Name.Length <= WireLimits.Name && measurement.Unit.Length <= WireLimits.Name)
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

        if (!isCut && measurements.Count == result.Measurements.Length && attributes.Count == result.Attributes.Length)
            return result;
        return result with { Message = message, Measurements = measurements.ToImmutable(), Attributes = attributes.ToImmutable(), Truncated = true };
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
