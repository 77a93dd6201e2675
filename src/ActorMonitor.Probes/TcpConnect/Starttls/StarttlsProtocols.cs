using System.Collections.Immutable;

namespace ActorMonitor.Probes.TcpConnect.Starttls;

/// <summary>The protocols whose way into TLS is known.</summary>
internal static class StarttlsProtocols
{
    private static readonly ImmutableArray<StarttlsProtocol> All =
        [new SmtpStarttls(), new ImapStarttls(), new Pop3Starttls(), new FtpStarttls(), new XmppStarttls(), new LdapStarttls(), new PostgresStarttls(), new MysqlStarttls()];

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(protocol => protocol.Name)];

    /// <summary>The protocol of a name.</summary>
    public static StarttlsProtocol Of(string name) => All.First(protocol => protocol.Name == name);
}
