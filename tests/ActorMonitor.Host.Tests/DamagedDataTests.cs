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

        (await RunAsync("up", _data)).ShouldBe(2);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("monitor")]
    public async Task A_data_folder_that_cannot_be_made_is_one_line_and_exit_code_2(string command)
    {
        var file = Path.Combine(_data, "file");
        await File.WriteAllTextAsync(file, "not a folder");

        (await RunAsync(command, file)).ShouldBe(2);
    }

    [Theory]
    [InlineData("up", "manager")]
    [InlineData("up", "monitor")]
    [InlineData("monitor", "monitor")]
    public async Task A_data_folder_that_cannot_be_written_is_one_line_and_exit_code_2(string command, string node)
    {
        _ = Directory.CreateDirectory(Path.Combine(_data, node, "write.tmp"));

        (await RunAsync(command, _data)).ShouldBe(2);
    }

    private static Task<int> RunAsync(string command, string data) => CommandLine.RunAsync(
        [command, "--for", "10s", "--set", $"actor-monitor.data={data}", "--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.pbm.port=0", "--set", "actor-monitor.console=off"]);
}
