using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Tests.Stores;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>
/// A manager's system in virtual time and, over real remoting on loopback, the system of a monitor that the test plays by
/// hand: what is told to its /user/monitor comes to <see cref="Monitor"/>.
/// </summary>
public abstract class RemoteSpec : TestKit
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly ActorSystem _monitorSystem;
    private readonly TestProbe _settler;

    protected RemoteSpec(ITestOutputHelper output)
        : base(Hocon(NodeRole.Manager).WithFallback(VirtualTime.Config), ManagerNodeHosting.SystemName, output)
    {
        _monitorSystem = ActorSystem.Create("monitor", Hocon(NodeRole.Monitor).WithFallback(TestConfigs.DefaultConfig));
        Monitor = CreateTestProbe(_monitorSystem);
        _settler = CreateTestProbe(_monitorSystem);
        var heard = Monitor.Ref;
        _monitorSystem.ActorOf(Props.Create(() => new Ear(heard)), "monitor");
        Address = AddressOf(_monitorSystem, "eu");
        Time = TestSchedulerTime.Of(Sys);
        Health = new NodeHealth(Time);
    }

    /// <summary>The monitor, as the test plays it.</summary>
    protected TestProbe Monitor { get; }

    protected MonitorAddress Address { get; }

    protected TimeProvider Time { get; }

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected SessionKey Key { get; } = SessionKey.New();

    protected OutboxId Outbox { get; } = OutboxId.New();

    /// <summary>What is left of a manager.</summary>
    internal MemoryDisk Disk { get; } = new();

    internal NodeHealth Health { get; }

    /// <summary>The link that connected last, as the monitor sees it.</summary>
    protected IActorRef Link { get; private set; } = ActorRefs.Nobody;

    protected Connect AwaitConnect()
    {
        var connect = Monitor.ExpectMsg<Connect>(Soon);
        Link = Monitor.LastSender;
        return connect;
    }

    /// <summary>Awaits a Connect and admits it; returns the link.</summary>
    protected IActorRef Admit(SessionKey? key = null)
    {
        var connect = AwaitConnect();
        Monitor.Send(Link, Admission(connect.Epoch, key));
        return Link;
    }

    /// <summary>Waits until the link has worked off what the monitor sent and what it does by itself.</summary>
    protected void Settle()
    {
        Monitor.Send(Link, new Identify("settled"));
        Monitor.ExpectMsg<ActorIdentity>(Soon);
    }

    /// <summary>The same, with nothing that <see cref="Monitor"/> would have to be looked through for.</summary>
    protected void SettleApart()
    {
        _settler.Send(Link, new Identify("settled"));
        _settler.ExpectMsg<ActorIdentity>(Soon);
    }

    protected Connected Admission(Epoch epoch, SessionKey? key = null) => new(
        NodeId.New(), "monitor", "Frankfurt", "dc-1", LabelBounds.None, Outbox, key ?? Key, 0, 0, epoch, ["tcp"])
    {
        OneShots = 16,
    };

    /// <summary>A manager of the monitor, over <see cref="Disk"/>.</summary>
    internal ManagerNodeParts Parts(params JobDefinition[] jobs) => new(
        NodeId.New(), new Epoch(7), ManagerSettings.Default with { Name = "hq", Monitors = [Address] }, [.. jobs], Time, NullLogger.Instance, _ => { },
        Disk.OpenAsync, Health, seen => new Epoch(seen.Value + 1));

    protected static MonitorAddress AddressOf(ActorSystem system, string name)
    {
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        return new MonitorAddress(name, address.Host!, address.Port!.Value, name, "sesame");
    }

    protected static Config Hocon(NodeRole role)
        => ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.port = 0").WithFallback(NodeHocon.For(role));

    protected override void AfterAll()
    {
        Shutdown(_monitorSystem);
        base.AfterAll();
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(IActorRef listener) => ReceiveAny(message => listener.Forward(message));
    }
}
