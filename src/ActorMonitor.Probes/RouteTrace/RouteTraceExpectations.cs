using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>What a job expects of the path; read from its expectations.</summary>
internal sealed record RouteTraceExpectations
{
    private static readonly Setting<bool> ReachedFlag = Setting.Flag("reached", true, "Whether the destination is expected to be reached. With false a destination that is reached makes it Down.");
    private static readonly Setting<int?> MinHopsCount = Setting.OptionalInteger("minHops", 1, 64, "The shortest path; a shorter one makes it Degraded.");
    private static readonly Setting<int?> MaxHopsCount = Setting.OptionalInteger("maxHops", 1, 64, "The longest path; a longer one makes it Degraded.");
    private static readonly Setting<double?> RttMsNumber = Setting.OptionalNumber("rttMs", 0.001, 600_000, "The longest that the shortest round trip to the destination may take in milliseconds; a longer one makes it Degraded.");
    private static readonly Setting<double?> LossPercentNumber = Setting.OptionalNumber("lossPercent", 0, 100, "The greatest share of tries that the destination leaves unanswered, in percent; a greater one makes it Degraded. Over UDP many destinations leave some unanswered by their own limit.");
    private static readonly Setting<bool> PathStableFlag = Setting.Flag("pathStable", false, "Whether the path, flow by flow, is expected to be that of the check before, as this monitor remembers it; another makes it Degraded (path-changed) once. A hop that stays silent may be anybody.");
    private static readonly Setting<ImmutableArray<string>> PathHashList = Setting.TextList("path.hash", "The path.hash of the paths that are allowed; another makes it Degraded. Silent hops are part of it.", "a list of path hashes of 16 hexadecimal digits", IsHash);
    private static readonly Setting<ImmutableArray<string>> PathContainsList = Setting.TextList("path.contains", "Networks that the path goes through: each of them has the address of at least one hop, else it is Degraded.", NetworkText, IsNetwork);
    private static readonly Setting<ImmutableArray<string>> PathAvoidsList = Setting.TextList("path.avoids", "Networks that the path stays out of: a hop in one of them makes it Degraded.", NetworkText, IsNetwork);

    private const string NetworkText = "a list of addresses and networks, such as \"192.0.2.1\" or \"2001:db8::/32\"";

    /// <summary>What the expectations of a traceroute job can be.</summary>
    public static readonly ImmutableArray<Setting> All =
        [ReachedFlag, MinHopsCount, MaxHopsCount, RttMsNumber, LossPercentNumber, PathStableFlag, PathHashList, PathContainsList, PathAvoidsList];

    /// <summary>Whether the destination is expected to be reached.</summary>
    public bool Reached { get; private init; }

    /// <summary>Whether the path is expected to be the one before.</summary>
    public bool PathStable { get; private init; }

    private int? MinHops { get; init; }

    private int? MaxHops { get; init; }

    private double? RttMs { get; init; }

    private double? LossPercent { get; init; }

    private ImmutableArray<string> PathHashes { get; init; }

    private ImmutableArray<IPNetwork> Contains { get; init; }

    private ImmutableArray<IPNetwork> Avoids { get; init; }

    /// <summary>Reads a job's expectations.</summary>
    public static RouteTraceExpectations Read(SettingMap expectations) => new()
    {
        Reached = ReachedFlag.Read(expectations),
        PathStable = PathStableFlag.Read(expectations),
        MinHops = MinHopsCount.Read(expectations),
        MaxHops = MaxHopsCount.Read(expectations),
        RttMs = RttMsNumber.Read(expectations),
        LossPercent = LossPercentNumber.Read(expectations),
        PathHashes = PathHashList.Read(expectations),
        Contains = [.. PathContainsList.Read(expectations).Select(NetworkOf)],
        Avoids = [.. PathAvoidsList.Read(expectations).Select(NetworkOf)],
    };

    /// <summary>What the path to a destination that was reached leaves to be desired, the change of the path aside.</summary>
    /// <param name="hops">Its length.</param>
    /// <param name="roundTrip">The shortest round trip.</param>
    /// <param name="loss">The destination's loss in percent.</param>
    /// <param name="hash">The path's hash.</param>
    /// <param name="addresses">Who answered on the way.</param>
    /// <param name="judgesLatency">Whether the round trip is worth a judgement.</param>
    public IEnumerable<string> Judge(int hops, TimeSpan roundTrip, double loss, string hash, IReadOnlyCollection<IPAddress> addresses, bool judgesLatency)
    {
        if (MaxHops is { } most && hops > most)
            yield return $"expected at most {most} hops";
        if (MinHops is { } least && hops < least)
            yield return $"expected at least {least} hops";
        foreach (var network in Avoids)
        {
            if (addresses.FirstOrDefault(network.Contains) is { } met)
                yield return $"expected a path that avoids {TextOf(network)}, it goes over {met}";
        }

        foreach (var network in Contains)
        {
            if (!addresses.Any(network.Contains))
                yield return $"expected a path over {TextOf(network)}";
        }

        if (!PathHashes.IsEmpty && !PathHashes.Contains(hash, StringComparer.OrdinalIgnoreCase))
            yield return $"expected path {string.Join(" or ", PathHashes)}, it is {hash}";
        if (LossPercent is { } maximumLoss && loss > maximumLoss)
            yield return FormattableString.Invariant($"{loss:0.#}% lost at the destination, expected at most {maximumLoss}%");
        if (judgesLatency && RttMs is { } maximum && roundTrip.TotalMilliseconds > maximum)
            yield return FormattableString.Invariant($"expected at most {maximum} ms");
    }

    private static bool IsHash(string text) => text.Length == 16 && text.All(char.IsAsciiHexDigit);

    private static bool IsNetwork(string text) => IsAddress(text, out _) || (text.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(text, out _));

    private static IPNetwork NetworkOf(string text)
        => IsAddress(text, out var address) ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : IPNetwork.Parse(text);

    // Only the full form of an IPv4 address: IPAddress also takes "1" and "1.2" for one.
    private static bool IsAddress(string text, out IPAddress? address)
        => IPAddress.TryParse(text, out address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);

    private static string TextOf(IPNetwork network)
        => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8 ? network.BaseAddress.ToString() : network.ToString();
}
