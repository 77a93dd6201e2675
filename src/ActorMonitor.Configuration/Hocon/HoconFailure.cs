using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorMonitor.Configuration;

/// <summary>What a HOCON parser said when it gave up. The place is in its message, when it knows it.</summary>
internal static partial class HoconFailure
{
    internal static (int? Line, int? Column, string Reason) Of(Exception exception)
    {
        var message = exception.Message.ReplaceLineEndings(" ");
        var place = Place().Match(message);
        if (!place.Success)
            return (null, null, message.TrimEnd('.', ' '));
        return (Number(place.Groups["line"]), Number(place.Groups["column"]), message.Remove(place.Index, place.Length).TrimEnd('.', ' '));
    }

    private static int? Number(Group digits) => int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\s*\(line (?<line>[0-9]+), column (?<column>[0-9]+)\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
