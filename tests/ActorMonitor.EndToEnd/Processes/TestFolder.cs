using System.Globalization;
using System.Text;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>A test's own folder: its data and its files. Gone with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("actormonitor-e2e-").FullName;

    internal string Data(string node) => System.IO.Path.Combine(Path, node);

    internal string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A jobs file of TCP connections to one port.</summary>
    internal string TcpJobs(int port, int count = 1, string interval = "1s", string timeout = "1s", string name = "jobs.json")
    {
        var jobs = new StringBuilder("[\n");
        for (var i = 1; i <= count; i++)
            jobs.Append(CultureInfo.InvariantCulture, $$"""  { "name": "tcp-{{i}}", "service": "tcp", "host": "127.0.0.1", "port": {{port}}, "interval": "{{interval}}", "timeout": "{{timeout}}" },""").Append('\n');
        return Write(name, jobs.Append("]\n").ToString());
    }

    /// <summary>A manager's configuration over these monitors.</summary>
    internal string ManagerHocon(string name, string jobs, string token, params (string Name, string Address)[] monitors)
        => Write($"{name}.hocon", $$"""
            actor-monitor {
              data = "{{Data(name)}}"
              manager {
                name = "{{name}}"
                jobs = "{{System.IO.Path.GetFileName(jobs)}}"
                token = "{{token}}"
                monitors = [{{string.Join(", ", monitors.Select(monitor => $$"""{ name = "{{monitor.Name}}", address = "{{monitor.Address}}" }"""))}}]
              }
            }
            """);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
