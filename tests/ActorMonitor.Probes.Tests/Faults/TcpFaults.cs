using ActorMonitor.Messages;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class TcpFaults
{
    private static readonly SettingMap Banner = Map(("banner.contains", "220 "));

    public static readonly Fault[] All =
    [
        Down("tcp", "the port is closed", Cause.Refused, lab => lab.Check(lab.Closed())),
        Down("tcp", "the peer accepts and says nothing", Cause.Timeout, lab => lab.Impatient(lab.TcpStalling(), expect: Banner)),
        Down("tcp", "the peer closes before its banner", Cause.ConnectionClosed, lab => lab.Check(lab.TcpSaying(""), expect: Banner)),
        Down("tcp", "the peer resets before its banner", Cause.ConnectionReset, lab => lab.Check(lab.Tcp((peer, _) =>
        {
            peer.Reset();
            return Task.CompletedTask;
        }), expect: Banner)),
        Down("tcp", "the peer says something else", Cause.ExpectationFailed, lab => lab.Check(lab.TcpSaying("554 no service\r\n"), expect: Banner)),
        Down("tcp", "the banner comes byte by byte and never ends", Cause.Timeout, lab => lab.Impatient(lab.Tcp(DripAsync), expect: Banner)),
        Unknown("tcp", "the banner is a flood", Cause.Oversize, lab => lab.Check(lab.TcpSaying(new string('x', 100_000)), expect: Banner)),
    ];

    /// <summary>Says a byte now and then, for ever.</summary>
    public static async Task DripAsync(ScriptedPeer peer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await peer.SendAsync("2", stop);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
        }
    }
}
