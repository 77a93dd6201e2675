using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Makes configurations.</summary>
public static class ConfigurationFactory
{
    private static readonly string[] DefaultFiles = ["app.conf", "app.hocon"];

    /// <summary>A configuration without a key.</summary>
    public static Config Empty => new();

    /// <summary>Reads HOCON; an <c>include</c> in it is an error.</summary>
    public static Config ParseString(string hocon) => new(Parser.Parse(hocon, null));

    /// <summary>Reads HOCON; what an <c>include</c> names is asked for from the callback.</summary>
    public static Config ParseString(string hocon, Func<string, HoconRoot> includeCallback) => new(Parser.Parse(hocon, includeCallback));

    /// <summary>Reads app.conf or app.hocon in the current folder; without either the configuration is empty.</summary>
    public static Config Load()
    {
        var file = Array.Find(DefaultFiles, File.Exists);
        return file is null ? Empty : ParseString(File.ReadAllText(file));
    }
}
