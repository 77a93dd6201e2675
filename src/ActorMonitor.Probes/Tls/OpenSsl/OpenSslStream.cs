using System.Buffers;
using System.Collections.Immutable;
using System.Net.Security;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>A client's TLS connection over any stream. One reader and one writer may work at the same time, as HTTP/2 wants it.</summary>
internal sealed class OpenSslStream(Stream plain, OpenSslContext context) : AsyncOnlyStream
{
    private const int ReadBytes = 16 * 1024;
    private const int FirstBytes = 64;

    private readonly OpenSslConnection _connection = new(context);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private byte[] _first = [];
    private bool _isEnded;
    private bool _isDisposed;

    /// <summary>What was agreed on.</summary>
    public OpenSslConnection Connection => _connection;

    /// <summary>Performs the handshake.</summary>
    /// <param name="serverName">The name to ask for; null for none.</param>
    /// <param name="protocols">The protocols offered (RFC 7301).</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">It failed.</exception>
    public async Task HandshakeAsync(string? serverName, ImmutableArray<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        _connection.Offer(serverName, protocols);
        while (true)
        {
            var step = _connection.Handshake();
            if (step == OpenSslStep.Failed)
            {
                await SayGoodbyeAsync(cancellationToken);
                throw TlsFailure.Of(_connection.Error, _connection.IsCertificateDemanded, _first);
            }

            await SendAsync(cancellationToken);
            if (step == OpenSslStep.Done)
                return;
            if (step == OpenSslStep.End || !await ReceiveAsync(cancellationToken))
                throw TlsFailure.Closed();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty && !_isEnded)
        {
            var step = _connection.Decrypt(buffer.Span, out var count);
            if (_connection.Pending() > 0)
                await SendAsync(cancellationToken);
            switch (step)
            {
                case OpenSslStep.Done:
                    return count;
                case OpenSslStep.Failed:
                    throw TlsFailure.Of(_connection.Error, _connection.IsCertificateDemanded, []);
                default:
                    _isEnded = step == OpenSslStep.End || !await ReceiveAsync(cancellationToken);
                    break;
            }
        }

        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return;
        if (_connection.Encrypt(buffer.Span) != OpenSslStep.Done)
            throw TlsFailure.Of(_connection.Error, _connection.IsCertificateDemanded, []);
        await SendAsync(cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _connection.Dispose();
            plain.Dispose();
        }

        base.Dispose(disposing);
    }

    // The alert that tells the peer why is a courtesy: it may be gone.
    private async Task SayGoodbyeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The reason to report is the first one.
        }
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        // Rented for each read: a connection that waits for its next record holds no buffer of ours longer than that.
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var count = await plain.ReadAsync(buffer, cancellationToken);
            if (_first.Length == 0)
                _first = buffer.AsSpan(0, Math.Min(count, FirstBytes)).ToArray();
            if (count > 0)
                _connection.Feed(buffer.AsSpan(0, count));
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            while (_connection.Pending() is var pending and > 0)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(pending, ReadBytes));
                try
                {
                    await plain.WriteAsync(buffer.AsMemory(0, _connection.Take(buffer)), cancellationToken);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        finally
        {
            _ = _writing.Release();
        }
    }
}
