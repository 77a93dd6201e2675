using System.Collections.Frozen;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>A hosts file: an address a line, and the names that it has.</summary>
internal sealed class HostsFile
{
    public static readonly HostsFile Empty = new([]);

    private readonly FrozenDictionary<string, AddressSet> _names;
    private readonly FrozenDictionary<string, AddressSet>.AlternateLookup<ReadOnlySpan<char>> _byText;

    private HostsFile(Dictionary<string, List<IPAddress>> names)
    {
        _names = names.ToFrozenDictionary(name => name.Key, name => AddressSet.Of(name.Value), StringComparer.OrdinalIgnoreCase);
        _byText = _names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Reads the file's text; lines that are none are passed over, as every system does.</summary>
    public static HostsFile Parse(string text)
    {
        var names = new Dictionary<string, List<IPAddress>>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var comment = line.IndexOf('#');
            var words = (comment < 0 ? line : line[..comment]).ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
                continue;
            foreach (var word in words.Skip(1))
            {
                var name = word.TrimEnd('.');
                if (!names.TryGetValue(name, out var addresses))
                    names.Add(name, addresses = []);
                addresses.Add(address);
            }
        }

        return new HostsFile(names);
    }

    /// <summary>A name's addresses; null when the file does not have it.</summary>
    public AddressSet? Find(ReadOnlySpan<char> name) => _byText.TryGetValue(name.TrimEnd('.'), out var found) ? found : null;
}
