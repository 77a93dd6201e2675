using Akka.Actor;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

// Owns nothing: writes the log of a system to the output of the running test. Supervised by the system guardian.
internal sealed class TestOutputLogger : ReceiveActor
{
    public TestOutputLogger(ITestOutputHelper output)
        => Receive<LogEvent>(logEvent =>
        {
            try
            {
                output.WriteLine(logEvent.ToString());
            }
            catch (InvalidOperationException)
            {
                // The test is over; xunit takes no more lines of it.
            }
        });

    internal static void Start(ActorSystem system, ITestOutputHelper output)
    {
        var logger = ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new TestOutputLogger(output)), "test-output-logger");
        foreach (var type in Types(system.Settings.LogLevel))
        {
            system.EventStream.Subscribe(logger, type);
        }
    }

    private static IEnumerable<Type> Types(string level) => level.ToUpperInvariant() switch
    {
        "OFF" => [],
        "ERROR" => [typeof(Error)],
        "WARNING" or "WARN" => [typeof(Error), typeof(Warning)],
        "DEBUG" => [typeof(LogEvent)],
        _ => [typeof(Error), typeof(Warning), typeof(Info)],
    };
}
