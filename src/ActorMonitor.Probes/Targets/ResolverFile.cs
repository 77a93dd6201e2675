using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>What a resolv.conf says, with the defaults and bounds of resolv.conf(5).</summary>
internal sealed record ResolverFile
{
    private const int MaxServers = 3;
    private const int MaxDomains = 16;

    /// <summary>A system without the file asks a server of its own.</summary>
    public static readonly ResolverFile Default = new();

    public ImmutableArray<IPEndPoint> Servers { get; init; } = [new(IPAddress.Loopback, NameServers.DefaultPort)];

    /// <summary>The domains in which a short name is looked for.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>A name with fewer dots is looked for in <see cref="Search"/> first.</summary>
    public int Dots { get; init; } = 1;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public int Attempts { get; init; } = 2;

    public bool Rotate { get; init; }

    /// <summary>Ask over TCP only.</summary>
    public bool UseStream { get; init; }

    /// <summary>Never ask for IPv6 addresses.</summary>
    public bool NoIpv6 { get; init; }

    public static ResolverFile Parse(string text)
    {
        var file = Default;
        var servers = new List<IPEndPoint>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith('#') || line.StartsWith(';'))
                continue;
            var words = line.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
                continue;
            switch (words[0])
            {
                case "nameserver" when servers.Count < MaxServers && IPAddress.TryParse(words[1], out var address):
                    servers.Add(new IPEndPoint(address, NameServers.DefaultPort));
                    break;
                // The last of them counts.
                case "domain":
                    file = file with { Search = Domains(words.Skip(1).Take(1)) };
                    break;
                case "search":
                    file = file with { Search = Domains(words.Skip(1).Take(MaxDomains)) };
                    break;
                case "options":
                    file = words.Skip(1).Aggregate(file, (read, option) => read.With(option));
                    break;
            }
        }

        return servers.Count == 0 ? file : file with { Servers = [.. servers] };
    }

    private static ImmutableArray<string> Domains(IEnumerable<string> words) => [.. words.Select(word => word.TrimEnd('.')).Where(word => word.Length > 0)];

    private ResolverFile With(string option)
    {
        var colon = option.IndexOf(':', StringComparison.Ordinal);
        var number = 0;
        if (colon > 0 && !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return this;
        return (colon > 0 ? option[..colon] : option) switch
        {
            "ndots" when colon > 0 => this with { Dots = Math.Min(number, 15) },
            "timeout" when colon > 0 => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(number, 1, 30)) },
            "attempts" when colon > 0 => this with { Attempts = Math.Clamp(number, 1, 5) },
            "rotate" => this with { Rotate = true },
            "use-vc" => this with { UseStream = true },
            "no-aaaa" => this with { NoIpv6 = true },
            _ => this,
        };
    }
}

/// <summary>The sources that an nsswitch.conf names for hosts.</summary>
/// <param name="IsPlain">Whether they are no more than the hosts file, then DNS, and what can be told from those by the name alone.</param>
/// <param name="HasMulticast">Whether names under <c>local</c> are asked for by multicast.</param>
/// <param name="HasOwnName">Whether the host's own name resolves without being written anywhere.</param>
internal sealed record NameSources(bool IsPlain, bool HasMulticast, bool HasOwnName)
{
    /// <summary>Without the file: the hosts file, then DNS.</summary>
    public static readonly NameSources Default = new(true, false, false);

    public static NameSources Parse(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var comment = line.IndexOf('#');
            var plain = (comment < 0 ? line : line[..comment]).Trim();
            if (plain.StartsWith("hosts:", StringComparison.Ordinal))
                return Read(plain[6..].ToString());
        }

        return Default;
    }

    private static NameSources Read(string sources)
    {
        // [NOTFOUND=return] and its like, which only matter between sources that we leave to the system anyway.
        var names = new List<string>();
        foreach (var word in sources.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith('['))
                continue;
            if (!word.EndsWith(']'))
                names.Add(word);
        }

        var multicast = names.RemoveAll(name => name is "mdns_minimal" or "mdns4_minimal" or "mdns6_minimal") > 0;
        var ownName = names.RemoveAll(name => name == "myhostname") > 0;
        return new NameSources(names is ["files", "dns"], multicast, ownName);
    }
}
