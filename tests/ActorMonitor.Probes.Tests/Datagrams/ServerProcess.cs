using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ActorMonitor.Probes.Tests.Datagrams;

/// <summary>A real server of the system, in the foreground, with a data folder of its own; killed by its id at the end.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];

    private readonly Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary>Where a program is installed; null when it is not.</summary>
    public static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program on a free port, and waits until its log shows that it runs.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="files">The files to write, made of the folder and the port.</param>
    /// <param name="arguments">Its arguments, made of the folder.</param>
    /// <param name="running">The part of its log that shows that it runs.</param>
    public static async Task<ServerProcess> StartAsync(
        string program, Func<string, int, (string Name, string Text)[]> files, Func<string, string[]> arguments, string running)
    {
        var folder = Directory.CreateTempSubdirectory("actormonitor-").FullName;
        var port = FreePort();
        foreach (var (name, text) in files(folder, port))
            await File.WriteAllTextAsync(Path.Combine(folder, name), text);

        var process = Process.Start(new ProcessStartInfo(Find(program)!, arguments(folder)) { UseShellExecute = false, RedirectStandardError = true, WorkingDirectory = folder })!;
        var server = new ServerProcess(process, folder, port);
        var log = new StringBuilder();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
            {
                log.AppendLine(line);
                if (!line.Contains(running, StringComparison.Ordinal))
                    continue;

                // A full pipe would stop it.
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return server;
            }
        }
        catch (OperationCanceledException)
        {
            log.AppendLine("it did not get ready in time");
        }
        catch
        {
            server.Dispose();
            throw;
        }

        server.Dispose();
        throw new InvalidOperationException($"{program} does not run:\n{log}");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Free over both transports at this moment, and none that the system gives to whoever asks for any port: other tests do.
    private static int FreePort()
    {
        for (var attempt = 0; ; attempt++)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                stream.Bind(new IPEndPoint(IPAddress.Loopback, port));
                using var datagram = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                datagram.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when (attempt < 100)
            {
                // Taken: another one.
            }
        }
    }
}

/// <summary>A fact about a real server, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstalledFactAttribute : FactAttribute
{
    public InstalledFactAttribute(string program, string package)
    {
        if (!OperatingSystem.IsLinux())
            Skip = $"{program} is started on Linux only";
        else if (ServerProcess.Find(program) is null)
            Skip = $"{program} is not installed (Debian: apt-get install {package})";
    }
}
