using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>An instant as operators type it: so long ago, or a date with or without a time, in UTC unless it names its offset.</summary>
internal readonly record struct TimePoint
{
    public const string Accepts = "a time ago such as 90m, 24h or 7d, or an instant such as 2026-11-22T10:15 (UTC)";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ssK",
    ];

    private readonly TimeSpan? _ago;
    private readonly DateTimeOffset _instant;

    private TimePoint(TimeSpan? ago, DateTimeOffset instant) => (_ago, _instant) = (ago, instant);

    public static bool TryParse(string text, out TimePoint point)
    {
        point = default;
        if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            point = new TimePoint(null, instant.ToUniversalTime());
        else if (char.IsAsciiLetter(text[^1]) && DurationText.TryParse(text, out var ago))
            point = new TimePoint(ago, default);
        else
            return false;
        return true;
    }

    /// <summary>The instant, seen from now.</summary>
    public DateTimeOffset From(DateTimeOffset now) => _ago is { } ago ? now - ago : _instant;

    /// <summary>What an option gives; it has been checked before.</summary>
    public static DateTimeOffset Read(string text, DateTimeOffset now) => TryParse(text, out var point) ? point.From(now) : throw new FormatException(text);
}
