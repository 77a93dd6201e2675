using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization;
using System.Threading.Channels;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>
/// One established connection: a loop that reads frames and a loop that writes what the association hands out.
/// It ends when either side says goodbye, the connection breaks, the peer falls silent, or its bytes are no frames.
/// </summary>
internal sealed class PeerLink : IDisposable
{
    private const int BatchBytes = 64 * 1024;

    private readonly Remoting _remoting;
    private readonly Association _association;
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly InboundMessages _inbound;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly List<OutgoingMessage> _batch = [];
    private long _lastHeard;
    private volatile bool _isHeartbeatDue;
    private volatile bool _isFlushing;
    private int _isClosed;

    public PeerLink(Remoting remoting, Association association, Introduction peer, bool isInbound, Socket socket, Stream stream, FrameReader reader)
    {
        _remoting = remoting;
        _association = association;
        _socket = socket;
        _stream = stream;
        _reader = reader;
        Uid = peer.Uid;
        IsInbound = isInbound;

        // One form for what is dialled (IPv4 within IPv6) and what comes in.
        RemoteIp = (socket.RemoteEndPoint as IPEndPoint)?.Address.MapToIPv6();
        _inbound = new InboundMessages(remoting, peer.Address);
        _lastHeard = remoting.Clock.GetTimestamp();
    }

    public int Uid { get; }

    public bool IsInbound { get; }

    public IPAddress? RemoteIp { get; }

    /// <summary>Why the link was closed; null for a goodbye.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when nothing is read or written any more.</summary>
    public Task Ended => _ended.Task;

    public TimeSpan Silence => _remoting.Clock.GetElapsedTime(Interlocked.Read(ref _lastHeard));

    /// <summary>There may be something to write.</summary>
    public void Kick() => _signal.Writer.TryWrite(true);

    public void RequestHeartbeat()
    {
        _isHeartbeatDue = true;
        Kick();
    }

    /// <summary>Writes what is queued, says goodbye and ends.</summary>
    public void Flush()
    {
        _isFlushing = true;
        Kick();
    }

    /// <summary>Ends the link at once. The first reason counts.</summary>
    public void Close(Exception? failure)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;

        Failure = failure;
        _closing.Cancel();
    }

    /// <summary>Runs until the link has ended.</summary>
    public async Task RunAsync()
    {
        try
        {
            // Neither loop may keep the other from starting while its socket is always ready.
            var read = Task.Run(ReadAllAsync);
            var write = WriteAllAsync();

            // After our goodbye the peer still gets the time to read it: a reset now could take away what was sent.
            if (await Task.WhenAny(read, write) == write && _isFlushing)
                await Task.WhenAny(read, Task.Delay(_remoting.Settings.FlushWait, _remoting.Clock, _closing.Token));

            Close(null);
            await read;
            await write;
        }
        finally
        {
            Dispose();
            _ended.TrySetResult();
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await _reader.ReadAsync(_remoting.Settings.MaximumFrameBytes, _closing.Token) is { } frame)
            {
                Interlocked.Exchange(ref _lastHeard, _remoting.Clock.GetTimestamp());
                switch ((FrameKind)frame.Span[0])
                {
                    case FrameKind.Message:
                        _inbound.Deliver(frame.Span[1..]);
                        break;
                    case FrameKind.Heartbeat:
                        break;
                    case FrameKind.Goodbye:
                        Close(null);
                        return;
                    default:
                        throw new SerializationException($"a frame of the unexpected kind {frame.Span[0]}");
                }
            }

            Close(_isFlushing ? null : new RemoteTransportException("the peer closed the connection without a goodbye"));
        }
        catch (SerializationException e)
        {
            Interlocked.Increment(ref _remoting.Counters.RefusedFrames);
            _remoting.WarnOfPeer("Closing the link with [{0}]: {1}", _association.Peer, e.Message);
            Close(e);
        }
        catch (Exception e) when (_stream is SslStream && Tls.Misdeed(e) is { } misdeed)
        {
            Interlocked.Increment(ref _remoting.Counters.RefusedFrames);
            _remoting.WarnOfPeer("Closing the link with [{0}]: TLS failed: {1}", _association.Peer, misdeed);
            Close(e);
        }
        catch (Exception e)
        {
            // Most often the connection broke; whatever it was, it ends this link alone.
            Close(e);
        }
    }

    private async Task WriteAllAsync()
    {
        using var writer = new WireWriter(4096);
        if (IsInbound)
            Frames.WriteWelcome(writer, _remoting.Address, _remoting.Uid);

        try
        {
            while (true)
            {
                _association.Take(this, _batch, BatchBytes);
                foreach (var message in _batch)
                    Frames.WriteMessage(writer, message);

                if (_isHeartbeatDue)
                {
                    _isHeartbeatDue = false;
                    Frames.WriteEmpty(writer, FrameKind.Heartbeat);
                }

                if (writer.Length > 0)
                {
                    await _stream.WriteAsync(writer.Written, _closing.Token);
                    if (_batch.Count > 0)
                    {
                        Interlocked.Add(ref _remoting.Counters.Sent, _batch.Count);
                        Interlocked.Increment(ref _remoting.Counters.Writes);
                    }

                    _batch.Clear();
                    writer.Clear();
                }
                else if (_isFlushing)
                {
                    Frames.WriteEmpty(writer, FrameKind.Goodbye);
                    await _stream.WriteAsync(writer.Written, _closing.Token);
                    _socket.Shutdown(SocketShutdown.Send);
                    return;
                }
                else
                {
                    await _signal.Reader.ReadAsync(_closing.Token);
                }
            }
        }
        catch (Exception e)
        {
            Close(e);
        }
    }
}
