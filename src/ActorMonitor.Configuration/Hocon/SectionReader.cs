using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>
/// Reads the keys of one HOCON object. Each read names a key and what it accepts; <see cref="End"/> then reports the
/// keys that nobody read. A mistake is reported and answered with the default, so that the next one is found too.
/// </summary>
internal sealed class SectionReader
{
    private readonly HoconItem? _section;
    private readonly ErrorList _errors;
    private readonly EffectiveSettings _effective;
    private readonly List<string> _known = [];
    private readonly List<string> _retired = [];

    internal SectionReader(HoconItem? section, string path, ErrorList errors, EffectiveSettings effective)
    {
        Path = path;
        (_errors, _effective) = (errors, effective);
        if (section is { Members: null })
            Report(section, path, $"expected an object in braces, found {section.Describe()}");
        else
            _section = section;
    }

    internal string Path { get; }

    internal HoconItem? Find(string key)
    {
        if (!_known.Contains(key))
            _known.Add(key);
        return _section?.Find(key);
    }

    /// <summary>Whether there is an object to read.</summary>
    internal bool Exists => _section is not null;

    /// <summary>A reader of an object in a list.</summary>
    internal SectionReader Item(HoconItem item, string path) => new(item, path, _errors, _effective);

    internal SectionReader Section(string key) => new(Find(key), At(key), _errors, _effective);

    internal string Text(string key, string @default, string accepts, Func<string, bool> isAccepted)
    {
        if (Find(key) is not { } item)
            return Take(key, null, @default, @default);
        if (item.Text is { } text && isAccepted(text))
            return Take(key, item, text, text);
        Expected(item, key, accepts);
        return @default;
    }

    /// <summary>A text for people: a name, a place.</summary>
    internal string Name(string key, string @default) => Text(key, @default, $"a string of {LabelBounds.Accepts}", LabelBounds.IsName);

    /// <summary>A shared secret; a mistake does not print it.</summary>
    internal string Secret(string key, string @default)
    {
        const int maxLength = 256;
        if (Find(key) is not { } item)
            return Take(key, null, @default, @default, isSecret: true);
        if (item.Text is { Length: <= maxLength } text && !text.Any(char.IsControl))
            return Take(key, item, text, text, isSecret: true);
        Report(item, At(key), $"expected a string of at most {maxLength} characters without control characters");
        return @default;
    }

    internal int Whole(string key, int @default, int minimum, int maximum) => OptionalWhole(key, minimum, maximum, $"{@default}") ?? @default;

    /// <summary>A number that may be left out; then <paramref name="whenMissing"/> says what counts.</summary>
    internal int? OptionalWhole(string key, int minimum, int maximum, string whenMissing)
    {
        if (Find(key) is not { } item)
            return Take<int?>(key, null, null, whenMissing);
        if (int.TryParse(item.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
            return Take(key, item, number, $"{number}");
        Expected(item, key, $"a whole number from {minimum} to {maximum}");
        return null;
    }

    internal TimeSpan Duration(string key, TimeSpan @default, TimeSpan minimum, TimeSpan maximum)
    {
        if (Find(key) is not { } item)
            return Take(key, null, @default, DurationText.Print(@default));
        if (HoconAmount.TryDuration(item.Text, out var duration) && duration >= minimum && duration <= maximum)
            return Take(key, item, duration, DurationText.Print(duration));
        Expected(item, key, $"a duration with its unit from {DurationText.Print(minimum)} to {DurationText.Print(maximum)}");
        return @default;
    }

    internal long Bytes(string key, long @default, long minimum, long maximum)
    {
        if (Find(key) is not { } item)
            return Take(key, null, @default, HoconAmount.Print(@default));
        if (HoconAmount.TryBytes(item.Text, out var bytes) && bytes >= minimum && bytes <= maximum)
            return Take(key, item, bytes, HoconAmount.Print(bytes));
        Expected(item, key, $"a size from {HoconAmount.Print(minimum)} to {HoconAmount.Print(maximum)}");
        return @default;
    }

    /// <summary>Reports a key that does not fit others.</summary>
    internal void Wrong(string key, string message) => Report(Find(key), At(key), message);

    /// <summary>Reports a key of an earlier version, with what stands in its place.</summary>
    internal void Retired(string key, string successor)
    {
        _retired.Add(key);
        if (_section?.Find(key) is { } item)
            Report(item, At(key), $"is no key any more: expected {successor}");
    }

    internal T Choice<T>(string key, T @default, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        var item = Find(key);
        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (item is null ? EqualityComparer<T>.Default.Equals(value, @default) : name.Equals(item.Text, StringComparison.OrdinalIgnoreCase))
                return Take(key, item, value, name);
            names.Add(name);
        }

        if (item is null)
            return @default;
        Expected(item, key, $"one of {string.Join(", ", names)}");
        return @default;
    }

    internal ImmutableSortedDictionary<string, string> Labels(string key)
    {
        if (Find(key) is not { } block)
            return Take(key, null, LabelBounds.None, "");
        if (block.Members is null)
        {
            Expected(block, key, "an object of strings");
            return LabelBounds.None;
        }

        if (block.Members.Count > LabelBounds.MaxLabels)
            Report(block, At(key), $"expected at most {LabelBounds.MaxLabels} labels, found {block.Members.Count}");
        var labels = LabelBounds.None.ToBuilder();
        foreach (var (name, value) in block.Members)
        {
            if (!LabelBounds.IsName(name))
                Report(value, At(key), $"expected a label's name of {LabelBounds.Accepts}, found {JsonItem.Quote(name)}");
            else if (value.Text is { } text && LabelBounds.IsValue(text))
                labels[name] = Take(HoconPath.At(key, name), value, text, text);
            else
                Report(value, HoconPath.At(At(key), name), $"expected a string of at most {LabelBounds.MaxLength} characters without control characters, found {value.Describe()}");
        }

        return labels.ToImmutable();
    }

    /// <summary>A list of networks; null when the key is not there: then <paramref name="whenMissing"/> says what counts.</summary>
    internal ImmutableArray<IPNetwork>? Networks(string key, string whenMissing)
    {
        const string accepts = "a network such as \"10.0.0.0/8\" or \"fd00::/8\"";
        if (Find(key) is not { } list)
            return Take<ImmutableArray<IPNetwork>?>(key, null, null, whenMissing);
        if (list.Items is null)
        {
            Expected(list, key, $"a list, each {accepts}");
            return [];
        }

        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = list.Items[i];
            if (TryNetwork(item.Text, out var network))
                networks.Add(network);
            else
                Report(item, HoconPath.At(At(key), i), $"expected {accepts}, found {item.Describe()}{NetworkHint(item.Text)}");
        }

        return Take(key, list, networks.ToImmutable(), string.Join(", ", networks));
    }

    /// <summary>A list of servers by their addresses; null when the key is not there: then <paramref name="whenMissing"/> says what counts.</summary>
    internal ImmutableArray<IPEndPoint>? Servers(string key, int defaultPort, int most, string whenMissing)
    {
        const string accepts = "an address such as \"192.0.2.53\", \"192.0.2.53:5353\" or \"[2001:db8::53]:5353\"";
        if (Find(key) is not { } list)
            return Take<ImmutableArray<IPEndPoint>?>(key, null, null, whenMissing);
        if (list.Items is null || list.Items.Count > most)
        {
            Report(list, At(key), $"expected a list of at most {most}, each {accepts}, found {(list.Items is null ? list.Describe() : list.Items.Count)}");
            return [];
        }

        var servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (TryServer(list.Items[i].Text, defaultPort) is { } server)
                servers.Add(server);
            else
                Report(list.Items[i], HoconPath.At(At(key), i), $"expected {accepts}, found {list.Items[i].Describe()}");
        }

        return Take(key, list, servers.ToImmutable(), string.Join(", ", servers));
    }

    /// <summary>Reports every key that no read has named.</summary>
    internal void End()
    {
        foreach (var (key, item) in _section?.Members ?? ImmutableDictionary<string, HoconItem>.Empty)
        {
            if (!_known.Contains(key) && !_retired.Contains(key))
                Report(item, At(key), "unknown key" + ClosestName.Hint(key, _known, $"; {Path} has {string.Join(", ", _known)}"));
        }
    }

    internal string At(string key) => HoconPath.At(Path, key);

    /// <summary>Notes a value that counts; a null item means that it is a default.</summary>
    internal T Take<T>(string key, HoconItem? item, T value, string text, bool isSecret = false)
    {
        _effective.Add($"{Path}.{key}", item, text, isSecret);
        return value;
    }

    internal void Expected(HoconItem item, string key, string accepts) => Report(item, At(key), $"expected {accepts}, found {item.Describe()}");

    /// <summary>Reports a mistake at a value; one that is not written is reported at the section.</summary>
    internal void Report(HoconItem? item, string path, string message)
    {
        var source = item?.Source ?? _section?.Source ?? HoconSource.BuiltIn;
        _errors.Add(new ConfigurationError(source.Name, source.Lines?.Find(path), path, message));
    }

    // The framework reads 53 and 127.1 as addresses too; to us they are a slip of the pen.
    private static IPEndPoint? TryServer(string? text, int defaultPort)
    {
        if (text is null || (!text.Contains(':', StringComparison.Ordinal) && text.Count(c => c == '.') != 3))
            return null;

        // In brackets an address may have a port, which IPAddress passes over.
        if (text[0] != '[' && IPAddress.TryParse(text, out var address))
            return new IPEndPoint(address, defaultPort);
        if (!IPEndPoint.TryParse(text, out var server))
            return null;
        return text[^1] == ']' ? new IPEndPoint(server.Address, defaultPort) : server.Port > 0 ? server : null;
    }

    // The framework passes over the bits beyond the prefix; to us they are a slip of the pen.
    private static bool TryNetwork(string? text, out IPNetwork network)
        => IPNetwork.TryParse(text, out network) && IPAddress.TryParse(text.AsSpan(0, text!.IndexOf('/', StringComparison.Ordinal)), out var address) && address.Equals(network.BaseAddress);

    // 10.0.0.1/8 has bits beyond its prefix: say which network it lies in.
    private static string NetworkHint(string? text)
    {
        if (text?.Split('/') is not [var address, var prefix] || !IPAddress.TryParse(address, out var parsed) || !int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            return IPAddress.TryParse(text, out var alone) ? $"; did you mean \"{alone}/{(alone.GetAddressBytes().Length * 8)}\"?" : "";

        var bytes = parsed.GetAddressBytes();
        if (bits > bytes.Length * 8)
            return "";
        for (var bit = bits; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"; did you mean \"{new IPAddress(bytes)}/{bits}\"?";
    }
}
