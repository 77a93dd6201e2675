using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>
/// A connection that is spoken over in steps, in the clear or over TLS. It holds what has come and was not taken yet, at
/// most <see cref="MaxUnread"/> bytes a step.
/// </summary>
internal sealed class TcpWire(ProbeRun run, Socket socket) : IDisposable
{
    /// <summary>How much of what the peer sends is read for one step.</summary>
    public const int MaxUnread = 64 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private NetworkStream? _plain;

    /// <summary>The TLS session, once there is one.</summary>
    public TlsSession? Tls { get; private set; }

    /// <summary>Whether the peer has said all that it will.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What has come and was not taken yet.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether no more can be read before something is taken.</summary>
    public bool IsFull => _end - _start == MaxUnread;

    /// <summary>This end's address.</summary>
    public IPAddress? LocalAddress => (socket.LocalEndPoint as IPEndPoint)?.Address;

    /// <summary>Takes so many bytes off.</summary>
    public void Take(int count) => _start += count;

    /// <summary>Forgets what has come so far.</summary>
    public void Drop() => _start = _end;

    /// <summary>Waits for more; false when the peer has closed or the bound is reached.</summary>
    public async ValueTask<bool> MoreAsync(CancellationToken cancellationToken)
    {
        if (IsClosed || IsFull)
            return false;
        _buffer ??= ArrayPool<byte>.Shared.Rent(MaxUnread);
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var free = _buffer.AsMemory(_end, MaxUnread - _end);
        int read;
        try
        {
            read = Tls is null ? await socket.ReceiveAsync(free, SocketFlags.None, cancellationToken) : await Tls.Stream.ReadAsync(free, cancellationToken);
        }
        catch (IOException e)
        {
            throw Plainly(e);
        }

        _end += read;
        IsClosed = read == 0;
        return read > 0;
    }

    /// <summary>Sends all of it.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (Tls is not null)
            {
                await Tls.Stream.WriteAsync(bytes, cancellationToken);
                return;
            }

            while (!bytes.IsEmpty)
                bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
        catch (IOException e)
        {
            throw Plainly(e);
        }
    }

    /// <summary>Sends a text in Latin-1, of which ASCII is a part.</summary>
    public ValueTask SayAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>Takes a line off, without its end.</summary>
    /// <exception cref="TargetException">It does not come.</exception>
    public async ValueTask<string> LineAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = Unread.IndexOf((byte)'\n')) < 0)
        {
            if (!await MoreAsync(cancellationToken))
                throw Ended("a line");
        }

        var line = Encoding.UTF8.GetString(Unread[..end]).TrimEnd('\r');
        Take(end + 1);
        return line;
    }

    /// <summary>Takes exactly so many bytes off.</summary>
    /// <exception cref="TargetException">They do not come.</exception>
    public async ValueTask<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (!await MoreAsync(cancellationToken))
                throw Ended($"{count} bytes");
        }

        var bytes = Unread[..count].ToArray();
        Take(count);
        return bytes;
    }

    /// <summary>Goes on over TLS.</summary>
    public async Task StartTlsAsync(TlsPlan plan, CancellationToken cancellationToken)
    {
        _plain = new NetworkStream(socket, ownsSocket: false);
        var name = plan.ServerName ?? run.Request.Host.Trim('[', ']');
        Tls = await TlsHandshake.ConnectAsync(run, _plain, plan, name, [], ordinal: 0, cancellationToken);
    }

    /// <summary>
    /// Refuses what the peer said after it had agreed to TLS and before the handshake: nobody vouches for it, and taken for
    /// part of the protected dialogue it would be somebody else's words in the server's mouth (CVE-2011-0411).
    /// </summary>
    public void RefuseUnprotected()
    {
        if (Unread.IsEmpty && socket.Available == 0)
            return;
        var came = Unread.IsEmpty ? $"{socket.Available} bytes" : $"{Unread.Length} bytes, {Evidence(Unread)},";
        throw new TargetException(Outcome.Down, Cause.ProtocolError, $"{came} came unprotected after the peer had agreed to TLS; anybody may have put them there");
    }

    /// <summary>What has come, as a message shows it.</summary>
    public static string Evidence(ReadOnlySpan<byte> bytes, bool isHex = false)
    {
        if (bytes.IsEmpty)
            return "nothing";
        return isHex
            ? Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, 32)]) + (bytes.Length > 32 ? "\u2026" : "")
            : $"\"{EvidenceText.Printable(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 512)]), 128).TrimEnd()}\"";
    }

    public void Dispose()
    {
        Tls?.Dispose();
        _plain?.Dispose();
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    private TargetException Ended(string what) => IsClosed
        ? new TargetException(Outcome.Down, Cause.ConnectionClosed, $"the peer closed the connection after {Evidence(Unread)} while {run.Waiting}")
        : new TargetException(Outcome.Down, Cause.Oversize, $"{MaxUnread} bytes came without {what} while {run.Waiting}");

    // TLS wraps what the socket has to say.
    private static Exception Plainly(IOException e) => e.InnerException is SocketException inner
        ? new SocketException((int)inner.SocketErrorCode)
        : new TargetException(Outcome.Down, Cause.ConnectionClosed, "the peer ended the connection without ending TLS");
}
