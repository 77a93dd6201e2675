namespace ActorMonitor.EndToEnd.Processes;

/// <summary>A running manager or monitor, once it has said where it listens.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    /// <summary>Free ports, as the node finds them.</summary>
    internal static readonly string[] FreePorts = ["--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.pbm.port=0"];

    private NodeUnderTest(ProgramUnderTest program, string remoting, string pbm) => (Program, Remoting, Pbm) = (program, remoting, pbm);

    internal ProgramUnderTest Program { get; }

    /// <summary><c>HOST:PORT</c> of its remoting.</summary>
    internal string Remoting { get; }

    /// <summary><c>HOST:PORT</c> of its shell.</summary>
    internal string Pbm { get; }

    /// <summary>Starts a monitor on free ports; with <paramref name="like"/>, on the ports of one that has ended.</summary>
    internal static Task<NodeUnderTest> MonitorAsync(TestFolder folder, string name, NodeUnderTest? like = null, params string[] more)
        => StartAsync(folder, like, ["monitor", "--set", $"actor-monitor.monitor.name={name}", "--set", $"actor-monitor.data={folder.Data(name)}", .. more]);

    /// <summary>Starts a manager with a configuration file on free ports; with <paramref name="like"/>, on the ports of one that has ended.</summary>
    internal static Task<NodeUnderTest> ManagerAsync(TestFolder folder, string config, NodeUnderTest? like = null, params string[] more)
        => StartAsync(folder, like, ["manager", "--config", config, .. more]);

    public ValueTask DisposeAsync() => Program.DisposeAsync();

    private static Task<NodeUnderTest> StartAsync(TestFolder folder, NodeUnderTest? like, string[] arguments)
    {
        string[] ports = like is null
            ? FreePorts
            : ["--set", $"akka.remote.dot-netty.tcp.port={Port(like.Remoting)}", "--set", $"actor-monitor.pbm.port={Port(like.Pbm)}"];
        return StartAsync(folder, [.. arguments, .. ports]);
    }

    /// <summary>Starts a node of which all is said, its ports too.</summary>
    internal static async Task<NodeUnderTest> StartAsync(TestFolder folder, params string[] arguments)
    {
        var program = ProgramUnderTest.Node(folder, arguments);
        try
        {
            var remoting = await program.LineAsync("^ActorMonitor .* at akka\\.tcp://[a-z]+@(?<address>[0-9.:]+)");
            var pbm = await program.LineAsync("; pbm (?<address>[0-9.:]+) ");
            return new NodeUnderTest(program, remoting.Groups["address"].Value, pbm.Groups["address"].Value);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    private static string Port(string address) => address[(address.LastIndexOf(':') + 1)..];
}
