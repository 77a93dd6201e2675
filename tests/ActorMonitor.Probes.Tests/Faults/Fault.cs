using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.HttpFetch;
using ActorMonitor.Probes.Tests.Icmp;

namespace ActorMonitor.Probes.Tests.Faults;

/// <summary>Something that goes wrong on a real socket, and what a check has to make of it.</summary>
/// <param name="Service">The service whose check meets it.</param>
/// <param name="Title">What goes wrong, as the page of causes prints it; unique within the service.</param>
/// <param name="Outcome">The check's outcome.</param>
/// <param name="Cause">The check's cause.</param>
/// <param name="Arrange">Makes it go wrong.</param>
internal sealed record Fault(string Service, string Title, Outcome Outcome, Cause Cause, Func<FaultLab, Task<FaultyCheck>> Arrange)
{
    /// <summary>Whether it takes a network namespace.</summary>
    public bool NeedsNamespace { get; init; }

    public static Fault Down(string service, string title, Cause cause, Func<FaultLab, FaultyCheck> arrange)
        => new(service, title, Outcome.Down, cause, lab => Task.FromResult(arrange(lab)));

    public static Fault Degraded(string service, string title, Cause cause, Func<FaultLab, FaultyCheck> arrange)
        => new(service, title, Outcome.Degraded, cause, lab => Task.FromResult(arrange(lab)));

    public static Fault Unknown(string service, string title, Cause cause, Func<FaultLab, FaultyCheck> arrange)
        => new(service, title, Outcome.Unknown, cause, lab => Task.FromResult(arrange(lab)));

    /// <summary>One that happens in a network of its own.</summary>
    public static Fault InNamespace(string service, string title, Outcome outcome, Cause cause, Func<FaultLab, Task<FaultyCheck>> arrange)
        => new(service, title, outcome, cause, arrange) { NeedsNamespace = true };

    public override string ToString() => $"{Service}: {Title}";
}

/// <summary>A check that is about to meet its fault.</summary>
/// <param name="Probe">The probe; null for the catalog's.</param>
/// <param name="Request">What to check.</param>
internal sealed record FaultyCheck(IProbe? Probe, ProbeRequest Request);

/// <summary>Holds what one fault is made of, and takes it down again.</summary>
internal sealed class FaultLab : IAsyncDisposable
{
    /// <summary>For faults that are silence: as long as a check has to wait.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(400);

    private readonly List<object> _held = [];
    private readonly List<(string Host, string[] Addresses)> _names = [];
    private TargetPolicy _policy = TargetPolicy.Default;
    private bool _asksServers;
    private ProbeEnvironment? _environment;

    public ProbeEnvironment Environment => _environment ??= Held(_asksServers
        ? new ProbeEnvironment(TimeProvider.System, new TargetResolver(_policy, ResolverOptions.Default, TimeProvider.System))
        : ProbeSetup.Environment(policy: _policy, names: [.. _names]));

    public TestCertificates Certificates => field ??= Held(new TestCertificates(TimeProvider.System));

    /// <summary>Something that is disposed with the lab.</summary>
    public T Held<T>(T thing)
        where T : notnull
    {
        _held.Add(thing);
        return thing;
    }

    /// <summary>Has the resolver know a name.</summary>
    public FaultLab Named(string host, params string[] addresses)
    {
        _names.Add((host, addresses));
        return this;
    }

    /// <summary>Has names resolved by the DNS server that the job names, on a port of this host.</summary>
    public FaultyCheck Resolving(Func<byte[], byte[]?> server, TimeSpan? timeout = null)
    {
        _asksServers = true;
        return Check(1, ProbeSetup.Map(("resolver", $"127.0.0.1:{Udp(server)}")), host: "shop.example", timeout: timeout);
    }

    /// <summary>Has the monitor deny networks.</summary>
    public FaultLab Denying(params string[] networks)
    {
        _policy = new TargetPolicy([], [.. networks.Select(network => IPNetwork.Parse(network))]);
        return this;
    }

    /// <summary>A TCP server; returns its port.</summary>
    public int Tcp(Func<ScriptedPeer, CancellationToken, Task> script) => Held(ScriptedTcpServer.Start(script)).Port;

    /// <summary>A TCP server that reads a request's head and answers with a text.</summary>
    public int TcpAnswering(string answer) => Held(ScriptedTcpServer.Answering(answer)).Port;

    /// <summary>A TCP server that speaks first.</summary>
    public int TcpSaying(string greeting) => Tcp((peer, stop) => peer.SendAsync(greeting, stop));

    /// <summary>A TCP server that accepts and says nothing.</summary>
    public int TcpStalling() => Held(ScriptedTcpServer.Stalling()).Port;

    /// <summary>A UDP server that answers each datagram with what a script makes of it; null for no answer.</summary>
    public int Udp(Func<byte[], byte[]?> script, string address = "127.0.0.1", int port = 0)
        => Held(ScriptedUdpServer.Start((self, datagram, client) => script(datagram) is { } answer ? self.SendAsync(answer, client) : Task.CompletedTask, IPAddress.Parse(address), port)).Port;

    /// <summary>A port at which nobody answers, over TCP or UDP.</summary>
    public int Closed()
    {
        _ = Held(ProbeSetup.ClosedPort(out var port));
        return port;
    }

    /// <summary>A check by the catalog's probe.</summary>
    public FaultyCheck Check(int port, SettingMap? settings = null, SettingMap? expect = null, string host = "127.0.0.1", TimeSpan? timeout = null)
        => new(null, ProbeSetup.Request(host, port, settings, expect, timeout));

    /// <summary>The same, where the fault is that nothing more comes.</summary>
    public FaultyCheck Impatient(int port, SettingMap? settings = null, SettingMap? expect = null, string host = "127.0.0.1") => Check(port, settings, expect, host, Soon);

    /// <summary>What pings from a network.</summary>
    public EchoEngine Engine(NetworkNamespace space) => Held(new EchoEngine(space.Sockets(SocketType.Raw), TimeProvider.System));

    /// <summary>A network of its own.</summary>
    public NetworkNamespace Namespace() => Held(new NetworkNamespace()).AllowDatagramSockets();

    /// <summary>A client, routers and a target.</summary>
    public async Task<RouterLab> RoutersAsync(int routers)
    {
        var lab = Held(await RouterLab.StartAsync(routers));
        _ = lab.Client.AllowDatagramSockets();
        return lab;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i] is IAsyncDisposable later)
                await later.DisposeAsync();
            else
                (_held[i] as IDisposable)?.Dispose();
        }
    }
}
