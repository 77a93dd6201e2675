using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Checks;

/// <summary>What a check is typed to look at: a host, perhaps a port, and of a URL its path.</summary>
/// <param name="Host">The host, whatever it is; the reader of jobs judges it.</param>
/// <param name="Port">The port; null when none was typed.</param>
/// <param name="Path">Path and query of a URL that has more than <c>/</c>; null otherwise.</param>
internal sealed record CheckTarget(string Host, int? Port, string? Path)
{
    /// <summary>The setting that a URL's path goes to; a service that has it is one of URLs, and its name their scheme.</summary>
    public const string PathSetting = "path";

    /// <summary>Reads HOST, HOST:PORT, [IPV6]:PORT, or for a service that asks for a path a URL.</summary>
    /// <param name="service">The service; null when it is not known.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    public static CheckTarget? Read(ServiceDefinition? service, string text, out string? problem)
    {
        if (service is not null && text.Contains("://", StringComparison.Ordinal) && service.Settings.Any(setting => setting.Name == PathSetting))
            return ReadUrl(service.Name, text, out problem);

        problem = null;
        var colon = text.LastIndexOf(':');
        var isBareV6 = text.Length > 0 && text[0] != '[' && colon != text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || isBareV6 || colon < text.LastIndexOf(']'))
            return new CheckTarget(WithoutBrackets(text), null, null);
        if (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535)
            return new CheckTarget(WithoutBrackets(text[..colon]), port, null);
        problem = $"expected HOST, HOST:PORT with a port from 1 to 65535, or [IPV6]:PORT; found \"{text}\"";
        return null;
    }

    private static CheckTarget? ReadUrl(string service, string text, out string? problem)
    {
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            problem = $"\"{text}\" is no URL: expected {service}://HOST/PATH";
        else if (url.Scheme != service)
            problem = $"the URL is of {url.Scheme}, the check of {service}: expected {service}://...";
        else if (url.UserInfo.Length > 0)
            problem = "the URL has a user in it: give it as --set auth.user=NAME --set auth.password=...";
        else
            return new CheckTarget(WithoutBrackets(url.Host), url.IsDefaultPort ? null : url.Port, url.PathAndQuery == "/" ? null : url.PathAndQuery);
        return null;
    }

    private static string WithoutBrackets(string host) => host is ['[', .. var inner, ']'] ? inner : host;
}
