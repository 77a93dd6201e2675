using Akka.Configuration;
using Akka.TestKit.Configs;

namespace Akka.TestKit;

/// <summary>The section akka.test.</summary>
public class TestKitSettings
{
    /// <summary>Reads the section; what it leaves out has the kit's defaults.</summary>
    public TestKitSettings(Config config)
    {
        var test = config.WithFallback(TestConfigs.DefaultConfig);
        DefaultTimeout = test.GetTimeSpan("akka.test.default-timeout");
        SingleExpectDefault = test.GetTimeSpan("akka.test.single-expect-default");
        TestEventFilterLeeway = test.GetTimeSpan("akka.test.filter-leeway");
        TestTimeFactor = test.GetDouble("akka.test.timefactor");
        if (TestTimeFactor <= 0)
        {
            throw new ConfigurationException("akka.test.timefactor must be greater than 0");
        }
    }

    /// <summary>The bound of what has none of its own.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long one message is waited for.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long an event filter waits for its events.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>What the times given in tests are multiplied with, for slow machines.</summary>
    public double TestTimeFactor { get; }
}
