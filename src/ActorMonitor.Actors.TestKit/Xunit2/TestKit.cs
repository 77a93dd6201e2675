using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Configs;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>The base of specs: a system of its own for each test, stopped when the test is over.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private bool _disposed;

    /// <summary>A spec over a system that is there, or over a new one.</summary>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null)
        : base(system ?? ActorSystem.Create("test", TestConfigs.DefaultConfig))
        => WriteLogTo(output);

    /// <summary>A spec over a new system with this configuration in front of the kit's defaults.</summary>
    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(config, actorSystemName)
        => WriteLogTo(output);

    /// <summary>A spec over a new system with this HOCON in front of the kit's defaults.</summary>
    public TestKit(string config, ITestOutputHelper? output = null)
        : this(ConfigurationFactory.ParseString(config), null, output)
    {
    }

    /// <summary>Runs before the system is stopped.</summary>
    protected virtual void AfterAll()
    {
    }

    /// <summary>Ends the spec.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the spec.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            Shutdown();
        }
    }

    private void WriteLogTo(ITestOutputHelper? output)
    {
        if (output is not null)
        {
            TestOutputLogger.Start(Sys, output);
        }
    }
}
