using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorMonitor.Bench.Node;

/// <summary>A manager or monitor of the built program, in a process of its own, and what that has cost.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // USER_HZ: what /proc counts time in, on every architecture that .NET runs on.
    private const double TicksASecond = 100;

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>User and system time of all its threads so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            var text = File.ReadAllText($"/proc/{Id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond);
        }
    }

    /// <summary>Memory in use, in MB.</summary>
    public double Megabytes => Status("VmRSS");

    /// <summary>The most memory that it ever had in use, in MB.</summary>
    public double MostMegabytes => Status("VmHWM");

    public int Threads => (int)Status("Threads", divisor: 1);

    public int Handles => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>Starts the program and waits for the address of its remoting.</summary>
    public static async Task<(NodeProcess Node, string Address)> StartAsync(string program, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var node = new NodeProcess(name, Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        node._process.OutputDataReceived += (_, line) => node.Hear(line.Data);
        node._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                Console.Error.WriteLine($"{name}: {line.Data}");
        };
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return (node, await node._address.Task.WaitAsync(Patience));
    }

    /// <summary>The program beside this one's repository: the newest build of the configuration that this was built in.</summary>
    public static string Program()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "src", "ActorMonitor.Host", "bin", "Release", "net10.0", "actormonitor");
            if (File.Exists(built))
                return built;
        }

        throw new UsageException("There is no Release build of src/ActorMonitor.Host; name the program with --program.");
    }

    public async ValueTask DisposeAsync()
    {
        // An orderly end, so that the store is closed and all that it was given is in it.
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            _ = _address.TrySetException(new InvalidOperationException($"{Name} has ended."));
        else if (Announcement().Match(line) is { Success: true } match)
            _ = _address.TrySetResult(match.Groups["address"].Value);
    }

    private double Status(string field, double divisor = 1024)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(each => each.StartsWith(field + ":", StringComparison.Ordinal));
        return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / divisor;
    }

    [GeneratedRegex("^ActorMonitor .* at akka\\.tcp://[a-z]+@(?<address>[0-9.:]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Announcement();
}
