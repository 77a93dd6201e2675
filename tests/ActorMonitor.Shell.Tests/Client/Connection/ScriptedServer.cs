using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ActorMonitor.Shell.Tests.Client.Connection;

/// <summary>Something on a port that says what a test wants, whatever it is asked, and keeps what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _serving;

    private ScriptedServer(string?[] replies, X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _serving = ServeAsync(replies);
    }

    public List<string> Requests { get; } = [];

    /// <summary>Told how many replies were sent.</summary>
    public Action<int>? OnReplied { get; set; }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public static ScriptedServer Raw(params string[] replies) => new(replies);

    public static ScriptedServer Reply(params string[] bodies) => new([.. bodies.Select(Http)]);

    public static ScriptedServer Tls(X509Certificate2 certificate, string body) => new([Http(body)], certificate);

    /// <summary>One that listens to the request and never says a thing.</summary>
    public static ScriptedServer Silent() => new([null]);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private static string Http(string body) => "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n" + body;

    private async Task ServeAsync(string?[] replies)
    {
        try
        {
            foreach (var reply in replies)
            {
                using var peer = await _listener.AcceptTcpClientAsync(_stopping.Token);
                await using var stream = await OpenAsync(peer);
                var buffer = new byte[64 * 1024];
                var asked = "";
                while (!asked.Contains("\r\n\r\n{", StringComparison.Ordinal) || !asked.EndsWith('}'))
                {
                    var length = await stream.ReadAsync(buffer, _stopping.Token);
                    if (length == 0)
                        break;
                    asked += Encoding.UTF8.GetString(buffer.AsSpan(0, length));

                    // A TLS client's hello is no request, and it waits.
                    if (asked[0] == '\x16')
                        break;
                }

                if (asked.Length > 0)
                    Requests.Add(asked);
                if (reply is null)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stopping.Token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(reply!), _stopping.Token);
                OnReplied?.Invoke(Requests.Count);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
            // The test is over, or pbm has heard enough and hung up.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient peer)
    {
        if (_certificate is null)
            return peer.GetStream();
        var stream = new SslStream(peer.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return stream;
    }
}
