using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>A socket before it is a link: it introduces the two systems to each other, within a time limit.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Remoting _remoting;
    private readonly Socket _socket;
    private readonly bool _isInbound;
    private Stream _stream;
    private FrameReader _reader;

    public Connection(Remoting remoting, Socket socket, bool isInbound)
    {
        _remoting = remoting;
        _socket = socket;
        _isInbound = isInbound;
        socket.NoDelay = true;
        if (remoting.Settings.SocketSendBytes > 0)
            socket.SendBufferSize = remoting.Settings.SocketSendBytes;
        if (remoting.Settings.SocketReceiveBytes > 0)
            socket.ReceiveBufferSize = remoting.Settings.SocketReceiveBytes;

        _stream = new NetworkStream(socket, ownsSocket: false);
        _reader = new FrameReader(_stream);
    }

    public static async Task<Connection> DialAsync(Remoting remoting, Address peer)
    {
        if (peer is not { Protocol: Remoting.Protocol, Host: { } host, Port: { } port and > 0 })
            throw new RemoteTransportException($"[{peer}] is no address of the kind {Remoting.Protocol}://system@host:port");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var timeout = new CancellationTokenSource(remoting.Settings.ConnectTimeout, remoting.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, remoting.Stopping);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            return new Connection(remoting, socket, isInbound: false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            throw new RemoteTransportException($"not connected within {remoting.Settings.ConnectTimeout}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends links and waits until nothing of theirs is delivered any more.</summary>
    public static Task EndAsync(IReadOnlyList<PeerLink> links, CancellationToken cancellationToken)
    {
        foreach (var link in links)
            link.Close(new RemoteTransportException("the peer has connected anew"));

        return Task.WhenAll(links.Select(link => link.Ended)).WaitAsync(cancellationToken);
    }

    public PeerLink MakeLink(Association association, Introduction peer) => new(_remoting, association, peer, _isInbound, _socket, _stream, _reader);

    /// <summary>Says Hello to the peer and checks that it is the one that was meant.</summary>
    public Task<Introduction> IntroduceAsync(Address wanted) => InTimeAsync(async cancellationToken =>
    {
        if (_remoting.Tls is { } tls)
            Secure(await tls.DialAsync(_stream, wanted.Host!, cancellationToken));

        ReadOnlyMemory<byte>? answered = null;
        IOException? broken = null;
        try
        {
            await SendAsync(writer => Frames.WriteHello(writer, _remoting.Address, _remoting.Uid, wanted), cancellationToken);
            answered = await _reader.ReadAsync(Frames.MaxHandshakeBytes, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is null or SocketException)
        {
            broken = e;
        }

        if (answered is not { } answer)
        {
            var guess = _stream is SslStream ? "it may not accept this system's certificate" : "it may want TLS";
            throw new RemoteTransportException($"the peer closed the connection instead of an answer; {guess}, its log says why", broken);
        }

        var peer = Frames.ReadAnswer(answer.Span);
        return peer.Address.Equals(wanted) ? peer : throw new HandshakeException($"[{peer.Address}] answers instead");
    });

    /// <summary>
    /// Reads a peer's Hello, checks it, and makes it a link of the peer's association, which begins with the Welcome. A
    /// claim to an address that is in use from another host is refused: without TLS that is all that binds an address to
    /// who has it; with TLS, the peer's certificate names the host.
    /// </summary>
    public Task<(Association Association, PeerLink Link)?> WelcomeAsync() => InTimeAsync<(Association, PeerLink)?>(async cancellationToken =>
    {
        if (_remoting.Tls is { } tls)
            Secure(await tls.AcceptAsync(_stream, cancellationToken));

        if (await _reader.ReadAsync(Frames.MaxHandshakeBytes, cancellationToken) is not { } hello)
            return null;

        try
        {
            var (peer, wanted) = Frames.ReadHello(hello.Span);
            if (wanted != _remoting.Address.ToString())
                throw new HandshakeException($"the peer looks for '{Frames.Printable(wanted)}', this is [{_remoting.Address}]");

            if (peer.Address is not { Protocol: Remoting.Protocol, Port: > 0 } || peer.Address.Equals(_remoting.Address))
                throw new HandshakeException($"[{peer.Address}] cannot be the address of a peer");

            if (_stream is SslStream secure)
                _remoting.Tls!.CheckClaim(secure, peer.Address.Host!);

            while (true)
            {
                var association = _remoting.AssociationWith(peer.Address);
                var link = MakeLink(association, peer);
                if (Array.Exists(association.Links(), other => !Equals(other.RemoteIp, link.RemoteIp)))
                    throw new HandshakeException($"[{peer.Address}] is connected from another host");

                await EndAsync(association.Outlived(peer.Uid, isInbound: true), cancellationToken);
                if (association.TryAttach(link))
                    return (association, link);
            }
        }
        catch (HandshakeException e)
        {
            await SendAsync(writer => Frames.WriteRefuse(writer, e.Message), cancellationToken);
            throw;
        }
    });

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }

    private void Secure(SslStream stream)
    {
        _reader.Dispose();
        _stream = stream;
        _reader = new FrameReader(stream);
    }

    private async Task SendAsync(Action<WireWriter> write, CancellationToken cancellationToken)
    {
        using var writer = new WireWriter(Frames.MaxHandshakeBytes);
        write(writer);
        await _stream.WriteAsync(writer.Written, cancellationToken);
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> introduce)
    {
        using var timeout = new CancellationTokenSource(_remoting.Settings.HandshakeTimeout, _remoting.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _remoting.Stopping);
        try
        {
            return await introduce(either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new RemoteTransportException($"the peer has not introduced itself within {_remoting.Settings.HandshakeTimeout}", e);
        }
        catch (Exception e) when (_stream is SslStream && Tls.Misdeed(e) is { } misdeed)
        {
            // A peer of TLS 1.3 learns only now that its certificate is refused.
            throw new RemoteTransportException($"TLS failed: {misdeed}", e);
        }
        catch (SerializationException e) when (e is not HandshakeException && _reader.IsAtTlsRecord)
        {
            throw new RemoteTransportException("the peer speaks TLS, and enable-ssl is off here", e);
        }
    }
}
