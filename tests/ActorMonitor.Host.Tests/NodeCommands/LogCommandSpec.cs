using ActorMonitor.Configuration;
using ActorMonitor.Host.NodeCommands;
using ActorMonitor.Host.Output;
using ActorMonitor.Tests;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Host.Tests.NodeCommands;

public sealed class LogCommandSpec : TestKit
{
    private readonly LogSwitch _log;
    private readonly Typed _node;

    public LogCommandSpec(ITestOutputHelper output)
        : base(TestConfigs.TestSchedulerConfig, output: output)
    {
        _log = new LogSwitch(TestSchedulerTime.Of(Sys));
        _node = new Typed(LogCommand.Of(_log));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task The_level_is_shown_and_set()
    {
        (await _node.RunAsync("log", "level")).ShouldBe((0, "The log level is warning.\n"));
        (await _node.RunAsync("log", "level", "DEBUG")).ShouldBe((0, "The log level is debug; it was warning.\n"));
        (await _node.RunAsync("log", "level")).ShouldBe((0, "The log level is debug.\n"));

        (_log.Takes(LogLevel.Trace), _log.Takes(LogLevel.Debug), _log.Takes(LogLevel.Critical)).ShouldBe((false, true, true));
        (await _node.RunAsync("log", "level", "off")).Exit.ShouldBe(0);
        _log.Takes(LogLevel.Critical).ShouldBeFalse();
    }

    [Fact]
    public async Task A_level_for_a_time_goes_back_to_what_is_configured_then()
    {
        _log.Configure(LogThreshold.Error);
        (await _node.RunAsync("log", "level", "debug")).Exit.ShouldBe(0);
        (await _node.RunAsync("log", "level", "trace", "--for", "10m")).Text.ShouldMatch(@"^The log level is trace until 20..-..-.. ..:..:..Z; it was debug\.\n$");
        Scheduler.Advance(TimeSpan.FromMinutes(9));
        (await _node.RunAsync("log", "level", "info", "--for", "10m")).Exit.ShouldBe(0);

        Scheduler.Advance(TimeSpan.FromMinutes(9));
        _log.Now.ShouldBe(LogThreshold.Info);
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        (_log.Now, _log.Until).ShouldBe((LogThreshold.Error, null));
    }

    [Fact]
    public void Another_configuration_waits_for_the_end_of_what_was_set_for_a_time()
    {
        _log.Set(LogThreshold.Debug, TimeSpan.FromMinutes(1));
        _log.Configure(LogThreshold.Critical);

        _log.Now.ShouldBe(LogThreshold.Debug);
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        _log.Now.ShouldBe(LogThreshold.Critical);
    }

    [Fact]
    public async Task What_makes_no_sense_changes_nothing()
    {
        (await _node.RunAsync("log", "level", "--for", "1m")).ShouldBe((1, "pbm: log level needs a LEVEL with --for: log level debug --for 10m.\n"));
        (await _node.RunAsync("log", "level", "loud")).Exit.ShouldBe(2);

        _log.Now.ShouldBe(LogThreshold.Warning);
    }

    protected override void AfterAll()
    {
        _log.Dispose();
        base.AfterAll();
    }
}
