using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ActorMonitor.Probes.DnsQuery;

namespace ActorMonitor.Probes.Targets;

/// <summary>What one answer of a name server says of a name's addresses of one type.</summary>
/// <param name="State">What is known; meaningless when <paramref name="Alias"/> is there.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Ttl">How long all of it may be kept.</param>
/// <param name="Alias">The name to ask for in its place: the server followed the aliases no further.</param>
/// <param name="Followed">How many aliases led here.</param>
internal sealed record AddressReading(NameState State, ImmutableArray<IPAddress> Addresses, TimeSpan Ttl, DnsName? Alias, int Followed)
{
    /// <summary>The most aliases that are followed, which ends a circle too.</summary>
    public const int MaxAliases = 16;

    /// <summary>The most addresses taken of a name.</summary>
    public const int MaxAddresses = 64;

    /// <summary>Reads an answer with the rcode NOERROR or NXDOMAIN.</summary>
    public static AddressReading Read(DnsMessage answer, DnsQuestion question)
    {
        var name = question.Name;
        var ttl = TimeSpan.MaxValue;
        for (var followed = 0; followed <= MaxAliases; followed++)
        {
            var addresses = ImmutableArray.CreateBuilder<IPAddress>();
            DnsRecord? alias = null;
            foreach (var record in answer.Answers)
            {
                if (record.Class != question.Class || !record.Name.Equals(name))
                    continue;
                if (record.Type == question.Type && addresses.Count < MaxAddresses)
                {
                    addresses.Add(IPAddress.Parse(record.Data));
                    ttl = Least(ttl, record.TtlSeconds);
                }
                else if (record.Type == (ushort)DnsType.CNAME)
                {
                    alias ??= record;
                }
            }

            if (addresses.Count > 0)
                return new AddressReading(NameState.Found, addresses.ToImmutable(), ttl, null, followed);
            if (alias is null || !DnsName.TryParse(alias.Data, out var target))
                return Negative(answer, name, ttl, followed);
            ttl = Least(ttl, alias.TtlSeconds);
            name = target;
        }

        return new AddressReading(NameState.Failed, [], TimeSpan.Zero, null, MaxAliases + 1);
    }

    // RFC 2308 sections 2 and 5: the SOA record says for how long the answer holds; without one it is not kept.
    private static AddressReading Negative(DnsMessage answer, DnsName name, TimeSpan ttl, int followed)
    {
        var soa = answer.Authorities.FirstOrDefault(record => record.Type == (ushort)DnsType.SOA);
        if (answer.Rcode == DnsCodes.NoError && followed > 0 && soa is null)
            return new AddressReading(NameState.NoAddress, [], ttl, name, followed);
        ttl = soa is null ? TimeSpan.Zero : Least(Least(ttl, soa.TtlSeconds), MinimumOf(soa));
        return new AddressReading(answer.Rcode == DnsCodes.NameError ? NameState.NoName : NameState.NoAddress, [], ttl, null, followed);
    }

    // The last of the SOA record's numbers (RFC 1035 section 3.3.13).
    private static uint MinimumOf(DnsRecord soa)
        => uint.TryParse(soa.Data.AsSpan(soa.Data.LastIndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minimum) ? minimum : 0;

    private static TimeSpan Least(TimeSpan ttl, uint seconds) => ttl.TotalSeconds < seconds ? ttl : TimeSpan.FromSeconds(seconds);
}
