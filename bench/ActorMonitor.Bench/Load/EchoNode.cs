using System.Diagnostics;
using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>The other process of the remote loads: echo actors, and on request the CPU time used so far.</summary>
internal static class EchoNode
{
    public const string Command = "echo-node";

    /// <summary>Runs until its standard input ends, as it does when the parent dies.</summary>
    public static async Task<int> RunAsync(Options options)
    {
        var pairs = options.Number("pairs", 1);
        options.End();

        using var system = LoadSystem.Remote("echo");
        for (var i = 0; i < pairs; i++)
            system.ActorOf(Props.Create(() => new Ponger()), $"pong-{i}");

        Console.WriteLine(LoadSystem.AddressOf(system));
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(Measurement.Cpu().Ticks);

        await system.Terminate();
        return 0;
    }
}

/// <summary>A process of this program with a line in, line out conversation.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public static ChildProcess Start(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };

        // Under `dotnet run` the process is the program; under `dotnet X.dll` it is the host, which wants the assembly first.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException("The second process did not start."));
    }

    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The second process has ended.");

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
