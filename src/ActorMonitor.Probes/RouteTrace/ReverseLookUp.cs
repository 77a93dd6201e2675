using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorMonitor.Probes.DnsQuery;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>Finds the names of addresses.</summary>
internal interface IReverseLookUp
{
    /// <summary>The name of an address; null when it has none or nobody told in time.</summary>
    Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken);
}

/// <summary>Asks a name server for an address's PTR record (RFC 1035 section 3.5).</summary>
internal sealed class ReverseLookUp : IReverseLookUp
{
    private const int LongestAnswer = 1232;
    private const int LongestName = 253;

    private readonly Func<IPEndPoint?> _server;

    /// <summary>A look-up at the first name server that this host uses.</summary>
    public ReverseLookUp()
        : this(SystemServer)
    {
    }

    /// <summary>A look-up at another server.</summary>
    /// <param name="server">Tells the server; null when there is none.</param>
    public ReverseLookUp(Func<IPEndPoint?> server) => _server = server;

    /// <inheritdoc/>
    public async Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return _server() is { } server ? await AskAsync(server, address, cancellationToken) : null;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or NetworkInformationException)
        {
            // A name is an ornament: a server that is away, or too slow for the check, leaves the hop without one.
            return null;
        }
    }

    private static async Task<string?> AskAsync(IPEndPoint server, IPAddress address, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var question = new DnsQuestion(DnsName.ReverseOf(address), (ushort)DnsType.PTR, DnsCodes.Internet);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(question.Encode(id, recursion: true, LongestAnswer, dnssec: false), SocketFlags.None, cancellationToken);
        var buffer = new byte[LongestAnswer];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (Read(buffer.AsSpan(0, length)) is { } answer && answer.Id == id && answer.Flags.HasFlag(DnsFlags.Response) && question.Equals(answer.Question))
                return NameIn(answer);
        }
    }

    private static DnsMessage? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return DnsMessage.Read(bytes);
        }
        catch (DnsFormatException)
        {
            return null;
        }
    }

    private static string? NameIn(DnsMessage answer)
        => answer.Answers.Where(record => record.Type == (ushort)DnsType.PTR).Select(record => record.Data.TrimEnd('.')).FirstOrDefault(name => name.Length is > 0 and <= LongestName);

    // As the system's resolver reads it from its configuration, on each platform.
    private static IPEndPoint? SystemServer()
    {
        const int DnsPort = 53;
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus != OperationalStatus.Down)
            .SelectMany(one => one.GetIPProperties().DnsAddresses)
            .Select(address => new IPEndPoint(address, DnsPort))
            .FirstOrDefault();
    }
}
