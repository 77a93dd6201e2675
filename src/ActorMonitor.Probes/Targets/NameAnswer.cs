namespace ActorMonitor.Probes.Targets;

/// <summary>What is known of a name.</summary>
internal enum NameState
{
    /// <summary>It has addresses of the families asked for.</summary>
    Found,

    /// <summary>It exists and has none of them.</summary>
    NoAddress,

    /// <summary>It does not exist.</summary>
    NoName,

    /// <summary>Nobody gave an answer that says either.</summary>
    Failed,
}

/// <summary>What a resolver found out of a name.</summary>
/// <param name="State">What is known.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Ttl">How long it may be kept; zero for not at all.</param>
/// <param name="Source">Who said so: a server's address, <c>hosts</c> or <c>system</c>.</param>
/// <param name="Failure">Why it failed.</param>
internal sealed record NameAnswer(NameState State, AddressSet Addresses, TimeSpan Ttl, string Source, string Failure = "")
{
    public static readonly AddressSet NoAddresses = AddressSet.Of([]);

    public static NameAnswer Failing(string source, string failure) => new(NameState.Failed, NoAddresses, TimeSpan.Zero, source, failure);
}
