using ActorMonitor.Host.Commands;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests;

public sealed class DamagedDataTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("actormonitor-damaged-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("manager", "epoch")]
    [InlineData("manager", "pbm.token")]
    [InlineData("monitor", "pbm.token")]
    [InlineData("monitor", "id")]
    public async Task A_damaged_file_in_the_data_folder_is_one_line_and_exit_code_2(string node, string file)
    {
        Directory.CreateDirectory(Path.Combine(_data, node));
        await File.WriteAllTextAsync(Path.Combine(_data, node, file), "damaged");

        var exitCode = await CommandLine.RunAsync(
            ["up", "--for", "10s", "--set", $"actor-monitor.data={_data}", "--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.pbm.port=0", "--set", "actor-monitor.console=off"]);

        exitCode.ShouldBe(2);
    }
}
