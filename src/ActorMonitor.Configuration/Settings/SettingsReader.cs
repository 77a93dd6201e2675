using System.Collections.Immutable;
using System.Text;
using Akka.Configuration;

namespace ActorMonitor.Configuration;

/// <summary>What came of reading a node's configuration.</summary>
/// <param name="Settings">Ours; null when there is an error.</param>
/// <param name="Hocon">All of it for the role's actor system: overrides, over the file, over <see cref="NodeHocon"/>.</param>
/// <param name="UserHocon">Overrides over the file alone, for a process that holds two systems.</param>
/// <param name="Errors">All mistakes found; empty when there are none.</param>
public sealed record SettingsReading(ActorMonitorSettings? Settings, Config Hocon, Config UserHocon, ImmutableArray<ConfigurationError> Errors)
{
    /// <summary>Every key of <c>actor-monitor { }</c> with the value that counts, and of <c>akka { }</c> what was written, in order; empty when there is an error.</summary>
    public ImmutableArray<EffectiveSetting> Effective { get; init; } = [];
}

/// <summary>Reads a node's HOCON: everything of ours strictly, what is Akka's as far as it has to fit ours.</summary>
public static class SettingsReader
{
    /// <summary>The largest configuration file, in bytes.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    private const string OurKey = "actor-monitor";
    private const string AkkaKey = "akka";

    /// <summary>Reads a file and what overrides it. All mistakes are reported at once.</summary>
    /// <param name="file">The HOCON file; null for none.</param>
    /// <param name="overrides"><c>KEY=VALUE</c>, each over the file and over those before it.</param>
    /// <param name="role">What the process is started as.</param>
    public static SettingsReading Read(string? file, IEnumerable<string> overrides, NodeRole role)
    {
        var errors = new ErrorList();
        var (fileHocon, source) = file is null ? (ConfigurationFactory.Empty, HoconSource.NoFile) : ReadFile(file, errors);
        var (overrideHocon, overrideItem) = Overrides.Read(overrides, errors);
        var userHocon = overrideHocon.WithFallback(fileHocon);
        var defaults = NodeHocon.For(role);

        // A file that cannot be parsed has no keys to judge.
        if (source is null)
            return new SettingsReading(null, userHocon.WithFallback(defaults), userHocon, errors.InOrder());

        var written = overrideItem.Over(HoconItem.Of(fileHocon, source));
        var all = written.Over(HoconItem.Of(defaults, HoconSource.BuiltIn));
        CheckRoot(all, errors);
        var effective = new EffectiveSettings();
        var settings = SettingsSections.Read(new SectionReader(all.Find(OurKey), OurKey, errors, effective));
        RemotingChecks.Check(all, settings, role, source, errors);
        RetentionCheck.Check(all, settings, role, errors);
        return errors.IsEmpty
            ? new SettingsReading(settings, userHocon.WithFallback(NodeHocon.For(role, settings.Monitor.Probes)), userHocon, [])
            {
                Effective = InOrder(effective, written.Find(AkkaKey)),
            }
            : new SettingsReading(null, userHocon.WithFallback(defaults), userHocon, errors.InOrder());
    }

    private static ImmutableArray<EffectiveSetting> InOrder(EffectiveSettings effective, HoconItem? akka)
    {
        if (akka is not null)
            effective.AddWritten(akka, AkkaKey);
        return [.. effective.All.OrderBy(setting => setting.Path, StringComparer.Ordinal)];
    }

    private static (Config Hocon, HoconSource? Source) ReadFile(string file, ErrorList errors)
    {
        if (TryReadText(file, errors) is not { } text)
            return (ConfigurationFactory.Empty, null);

        try
        {
            return (ConfigurationFactory.ParseString(text), new HoconSource(file, HoconLines.Of(text)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Parsers differ in what they throw; whatever it is, the text is no HOCON.
            var (line, column, reason) = HoconFailure.Of(e);
            var place = column is { } number ? $" at column {number}" : "";
            errors.Add(new ConfigurationError(file, line, "", $"the HOCON is broken{place}: {reason}") { Column = column });
            return (ConfigurationFactory.Empty, null);
        }
    }

    private static string? TryReadText(string file, ErrorList errors)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length <= MaxFileBytes)
                return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
            errors.Add(new ConfigurationError(file, null, "", info.Exists ? $"expected at most {MaxFileBytes} bytes, found {info.Length}" : "there is no such file"));
        }
        catch (DecoderFallbackException)
        {
            errors.Add(new ConfigurationError(file, null, "", "the file is no text: expected UTF-8"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            errors.Add(new ConfigurationError(file, null, "", $"cannot be read: {e.Message}"));
        }

        return null;
    }

    // Other names at the top are allowed in a file, for substitutions; but not those that look like ours, mistyped.
    private static void CheckRoot(HoconItem all, ErrorList errors)
    {
        foreach (var (key, item) in all.Members!)
        {
            if (key is OurKey or AkkaKey)
                continue;
            if (ClosestName.To(key, [OurKey, AkkaKey]) is { } near)
                errors.Add(new ConfigurationError(item.Source.Name, item.Source.Lines?.Find(HoconPath.At("", key)), HoconPath.At("", key), $"unknown key; did you mean \"{near}\"?"));
            else if (item.Source == HoconSource.Override)
                errors.Add(new ConfigurationError(item.Source.Name, null, HoconPath.At("", key), $"unknown key; expected one under {OurKey} or {AkkaKey}"));
        }
    }
}
