using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorMonitor.Shell.Tests.Client;

/// <summary>Something on a port that says what a test wants, whatever it is asked, and keeps what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    private ScriptedServer(string[] replies)
    {
        _listener.Start();
        _serving = ServeAsync(replies);
    }

    public List<string> Requests { get; } = [];

    public string Address => _listener.LocalEndpoint.ToString()!;

    public static ScriptedServer Raw(params string[] replies) => new(replies);

    public static ScriptedServer Reply(params string[] bodies)
        => new([.. bodies.Select(body => "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n" + body)]);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync(string[] replies)
    {
        try
        {
            foreach (var reply in replies)
            {
                using var peer = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var stream = peer.GetStream();
                var buffer = new byte[64 * 1024];
                var asked = "";
                while (!asked.Contains("\r\n\r\n{", StringComparison.Ordinal) || !asked.EndsWith('}'))
                {
                    var length = await stream.ReadAsync(buffer, _stopping.Token);
                    if (length == 0)
                        break;
                    asked += Encoding.UTF8.GetString(buffer.AsSpan(0, length));
                }

                Requests.Add(asked);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(reply), _stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The test is over, or pbm has heard enough and hung up.
        }
    }
}
