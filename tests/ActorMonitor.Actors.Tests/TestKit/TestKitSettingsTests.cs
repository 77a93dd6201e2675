using Akka.Configuration;
using Akka.TestKit;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.TestKit;

public class TestKitSettingsTests
{
    [Fact]
    public void What_is_not_given_has_the_defaults_of_the_kit()
    {
        var settings = new TestKitSettings(ConfigurationFactory.Empty);

        settings.SingleExpectDefault.ShouldBe(TimeSpan.FromSeconds(3));
        settings.DefaultTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        settings.TestEventFilterLeeway.ShouldBe(TimeSpan.FromSeconds(3));
        settings.TestTimeFactor.ShouldBe(1.0);
    }

    [Fact]
    public void A_time_factor_of_nothing_is_refused()
        => Should.Throw<ConfigurationException>(() => new TestKitSettings(ConfigurationFactory.ParseString("akka.test.timefactor = 0")));

    [Fact]
    public void The_time_factor_stretches_the_times_of_a_test()
    {
        using var kit = new Akka.TestKit.Xunit2.TestKit("akka.test.timefactor = 2.5");

        kit.Dilated(TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromSeconds(5));
        kit.RemainingOrDefault.ShouldBe(TimeSpan.FromSeconds(7.5));
    }
}
