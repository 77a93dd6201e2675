using System.Buffers.Binary;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect.Starttls;

/// <summary>PostgreSQL's SSLRequest: the length 8 and the code 80877103, answered by one byte.</summary>
internal sealed class PostgresStarttls : StarttlsProtocol
{
    private static readonly byte[] Question = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    public override string Name => "postgres";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        await wire.SendAsync(Question, cancellationToken);
        run.Waiting = "waiting for the answer to SSLRequest";
        var answer = (await wire.BytesAsync(1, cancellationToken))[0];
        if (answer == (byte)'N')
            throw Refused("the server answers SSLRequest with N: it has no TLS");
        if (answer == (byte)'E')
            throw Refused("the server answers SSLRequest with an error: it does not know TLS");
        if (answer != (byte)'S')
            throw Garbage($"the answer to SSLRequest is not PostgreSQL's: it begins with {answer:x2}");
    }
}

/// <summary>MySQL's and MariaDB's: the server greets (protocol version 10) with what it can do, the client says that it will speak TLS.</summary>
internal sealed class MysqlStarttls : StarttlsProtocol
{
    private const int ClientSsl = 0x0800;
    private const int ClientProtocol41 = 0x0200;
    private const int ClientSecureConnection = 0x8000;
    private const int MaxGreeting = 1024;
    private const byte Utf8 = 33;

    public override string Name => "mysql";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        run.Waiting = "waiting for the greeting";
        var header = await wire.BytesAsync(4, cancellationToken);
        var length = header[0] | (header[1] << 8) | (header[2] << 16);
        if (length is 0 or > MaxGreeting || header[3] != 0)
            throw Garbage($"the greeting is not MySQL's: it begins with {Convert.ToHexStringLower(header)}");
        var greeting = await wire.BytesAsync(length, cancellationToken);
        if (greeting[0] == 0xff)
        {
            var said = greeting.Length > 3 ? Encoding.UTF8.GetString(greeting.AsSpan(3)) : "";
            throw new TargetException(Outcome.Down, Cause.ExpectationFailed, $"the server greets with an error: {Quote(said)}");
        }

        // Version 10, the server's version ended by a zero, thread 4, scramble 8, filler 1, then the lower half of the capabilities.
        var name = greeting.AsSpan(1).IndexOf((byte)0);
        var at = 1 + name + 1 + 4 + 8 + 1;
        if (greeting[0] != 10 || name < 0 || at + 2 > greeting.Length)
            throw Garbage($"the greeting is not MySQL's: {TcpWire.Evidence(greeting, isHex: true)}");
        run.Note("mysql.version", Encoding.UTF8.GetString(greeting, 1, name));
        if ((BinaryPrimitives.ReadUInt16LittleEndian(greeting.AsSpan(at)) & ClientSsl) == 0)
            throw Refused("the server does not offer TLS");

        // A packet of 32 bytes, number 1: capabilities, longest packet, character set, zeros.
        var request = new byte[4 + 32];
        (request[0], request[3]) = (32, 1);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), ClientSsl | ClientProtocol41 | ClientSecureConnection);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(8), 1 << 24);
        request[12] = Utf8;
        await wire.SendAsync(request, cancellationToken);
    }
}
