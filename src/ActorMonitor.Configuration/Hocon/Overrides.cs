using Akka.Configuration;

namespace ActorMonitor.Configuration;

/// <summary>The <c>--set KEY=VALUE</c> of a command line.</summary>
internal static class Overrides
{
    /// <summary>Reads them in order, a later one over an earlier one; the mistakes are reported.</summary>
    internal static (Config Hocon, HoconItem Item) Read(IEnumerable<string> overrides, ErrorList errors)
    {
        var hocon = ConfigurationFactory.Empty;
        var item = HoconItem.Of(hocon, HoconSource.Override);
        foreach (var text in overrides)
        {
            if (TryRead(text, errors) is not { } layer)
                continue;
            hocon = layer.WithFallback(hocon);
            item = HoconItem.Of(layer, HoconSource.Override).Over(item);
        }

        return (hocon, item);
    }

    private static Config? TryRead(string text, ErrorList errors)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? text.Trim() : text[..equals].Trim();
        if (equals < 0 || !IsKey(key))
        {
            errors.Add(new ConfigurationError(HoconSource.OverrideName, null, "", $"expected KEY=VALUE, such as actor-monitor.console=off, found {JsonItem.Quote(text)}"));
            return null;
        }

        try
        {
            return ConfigurationFactory.ParseString($"{key} = {Value(text[(equals + 1)..].Trim())}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Parsers differ in what they throw; whatever it is, the value is no HOCON.
            errors.Add(new ConfigurationError(HoconSource.OverrideName, null, key, $"the value is no HOCON: {HoconFailure.Of(e).Reason}"));
            return null;
        }
    }

    // Lists, objects, quoted texts and substitutions are HOCON; anything else is a text as it stands, so that C:\data and ::1 need no quotes.
    private static string Value(string value)
        => value.Length > 0 && (value[0] is '[' or '{' or '"' || value.StartsWith("${", StringComparison.Ordinal))
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static bool IsKey(string key)
        => key.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/')) && !key.Contains("//", StringComparison.Ordinal);
}
