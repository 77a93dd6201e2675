using ActorMonitor.Host.Commands;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.Commands;

/// <summary>Exit codes are a promise to scripts. What needs nodes is tested with real processes.</summary>
public class CommandLineTests
{
    [Fact]
    public void The_numbers_are_those_that_are_documented()
        => (ExitCode.Ok, ExitCode.Failed, ExitCode.BadConfiguration).ShouldBe((0, 1, 2));

    [Theory]
    [InlineData("up", "--nope")]
    [InlineData("sideways")]
    [InlineData("up", "--output", "yaml")]
    [InlineData("up", "--for", "0s")]
    [InlineData("up", "--for", "50d")]
    [InlineData("check-config", "--role", "referee")]
    [InlineData("check-config", "--config", "no-such-file.hocon")]
    [InlineData("up", "--jobs", "no-such-file.json")]
    [InlineData("up", "--set", "actor-monitor.no-such-key=1")]
    [InlineData("monitor", "--set", "akka.remote.dot-netty.tcp.port=70000")]
    [InlineData("manager")]
    [InlineData("run-once")]
    public async Task A_command_line_that_cannot_be_run_ends_with_2(params string[] arguments)
        => (await CommandLine.RunAsync(arguments)).ShouldBe(2);

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("run-once", "-h")]
    [InlineData("check-config")]
    public async Task What_starts_nothing_and_finds_no_mistake_ends_with_0(params string[] arguments)
        => (await CommandLine.RunAsync(arguments)).ShouldBe(0);
}
