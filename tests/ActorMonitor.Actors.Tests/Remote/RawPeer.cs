using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Remote;
using Akka.Serialization;

namespace ActorMonitor.Actors.Tests.Remote;

/// <summary>A peer made of a bare socket, which can say anything.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly FrameReader _reader;

    public RawPeer(Socket socket, Stream? stream = null)
    {
        _socket = socket;
        _stream = stream ?? new NetworkStream(socket);
        _reader = new FrameReader(_stream);
    }

    /// <summary>Whose certificate the node has shown.</summary>
    public string? Shown => (_stream as SslStream)?.RemoteCertificate?.Subject;

    public static Address OwnAddress(int port = 4242) => new("akka.tcp", "raw", "127.0.0.1", port);

    public static async Task<RawPeer> ConnectAsync(RemoteNode node, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Address.Port!.Value));
        return new RawPeer(socket);
    }

    /// <summary>Connects over TLS, without a look at the node's certificate; a handshake that fails is an exception.</summary>
    public static async Task<RawPeer> ConnectTlsAsync(RemoteNode node, X509Certificate2? certificate)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Address.Port!.Value));
        var stream = new SslStream(new NetworkStream(socket));
        using var timeout = new CancellationTokenSource(RemoteNode.Patience);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            },
            timeout.Token);
        return new RawPeer(socket, stream);
    }

    /// <summary>Connects and introduces itself properly.</summary>
    public static async Task<RawPeer> EstablishAsync(RemoteNode node, int uid = 1, Address? own = null)
    {
        var peer = await ConnectAsync(node);
        await peer.IntroduceAsync(node, uid, own);
        return peer;
    }

    public async Task IntroduceAsync(RemoteNode node, int uid = 1, Address? own = null)
    {
        await SendAsync(writer => Frames.WriteHello(writer, own ?? OwnAddress(), uid, node.Address));
        var answer = await ReadAsync() ?? throw new InvalidOperationException("no Welcome");
        Frames.ReadAnswer(answer.Span);
    }

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>Sends past the stream that encrypts.</summary>
    public Task SendUnencryptedAsync(byte[] bytes) => _socket.SendAsync(bytes);

    public async Task SendAsync(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        await _stream.WriteAsync(writer.Written);
    }

    /// <summary>The next frame that is no heartbeat; null when the node has closed the connection, however it did.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(RemoteNode.Patience);
        try
        {
            while (true)
            {
                var frame = await _reader.ReadAsync(1_000_000, timeout.Token);
                if (frame is not { } found || found.Span[0] != (byte)FrameKind.Heartbeat)
                    return frame;
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }
}
