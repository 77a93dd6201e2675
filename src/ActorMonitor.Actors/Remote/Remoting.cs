using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Remoting of one system over TCP: its address, its peers, and the way out for messages.</summary>
internal sealed class Remoting : IAsyncDisposable
{
    public const string Protocol = "akka.tcp";
    private const int MaxWarningsPerBeat = 20;

    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly ConditionalWeakTable<ActorPath, string> _senderPaths = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Listener _listener;
    private readonly RemotingMeter _meter;
    private int _warnings;
    private Task _beating = Task.CompletedTask;
    private volatile bool _isShuttingDown;

    /// <summary>Takes the port; a <see cref="RemoteTransportException"/> says why that is not possible.</summary>
    public Remoting(ExtendedActorSystem system, IActorRefProvider provider, RemoteSettings settings, ILoggingAdapter log, TimeProvider clock)
    {
        System = system;
        Provider = provider;
        Settings = settings;
        Log = log;
        Clock = clock;
        Stopping = _stopping.Token;
        if (settings.Tls is { } tls)
            Tls = new Tls(tls, new TlsCertificates(tls, log, clock));
        if (settings.Tls is { SuppressValidation: true })
            log.Warning("The certificates of peers are not checked: {0}suppress-validation is on.", TlsSettings.Section);

        _listener = new Listener(this);
        var port = settings.PublicPort == 0 ? _listener.Port : settings.PublicPort;
        Address = new Address(Protocol, system.Name, settings.PublicHostname, port);
        _meter = new RemotingMeter(this);
    }

    public ExtendedActorSystem System { get; }

    public IActorRefProvider Provider { get; }

    public RemoteSettings Settings { get; }

    public ILoggingAdapter Log { get; }

    public TimeProvider Clock { get; }

    public RemotingCounters Counters { get; } = new();

    /// <summary>What peers call this system.</summary>
    public Address Address { get; }

    /// <summary>Tells this incarnation of the system from others at the same address.</summary>
    public int Uid { get; } = RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>Null when connections are in the clear.</summary>
    public Tls? Tls { get; }

    public CancellationToken Stopping { get; }

    /// <summary>A path without its address but with its uid.</summary>
    public static string WirePath(ActorPath path) => path.Uid == 0 ? path.ToStringWithoutAddress() : $"{path.ToStringWithoutAddress()}#{path.Uid}";

    /// <summary>Lets peers in.</summary>
    public void Start()
    {
        _listener.Start();
        _beating = BeatAsync();
        LogLifecycle("Remoting listens at [{0}]", Address);
    }

    /// <summary>Sends a message, or says in the log and to dead letters why not.</summary>
    public void Send(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        if (!TrySerialize(message, sender, recipient, out var outgoing))
            return;

        while (!_isShuttingDown)
        {
            var association = recipient.LastAssociation ??= AssociationWith(recipient.Path.Address);
            switch (association.TryEnqueue(outgoing))
            {
                case Enqueued.Queued:
                    return;
                case Enqueued.Removed:
                    recipient.LastAssociation = null;
                    continue;
                case Enqueued.Full:
                    Interlocked.Increment(ref Counters.Overflow);
                    break;
                default:
                    Interlocked.Increment(ref Counters.Unreachable);
                    break;
            }

            break;
        }

        ToDeadLetters(message, sender, recipient);
    }

    /// <summary>Logs what a peer does wrong; a flood of misdeeds is not a flood of lines.</summary>
    public void WarnOfPeer(string template, params object[] facts)
    {
        var count = Interlocked.Increment(ref _warnings);
        if (count <= MaxWarningsPerBeat)
            Log.Warning(count < MaxWarningsPerBeat ? template : template + " (further warnings of peers are left out for a while)", facts);
    }

    /// <summary>How many links there are, and what waits for them.</summary>
    public (long Links, long Messages, long Bytes) Load()
    {
        (long Links, long Messages, long Bytes) load = default;
        foreach (var association in _associations.Values)
        {
            var (messages, bytes) = association.Queued();
            load = (load.Links + association.Links().Length, load.Messages + messages, load.Bytes + bytes);
        }

        return load;
    }

    public Association AssociationWith(Address peer) => _associations.GetOrAdd(peer, static (address, self) => new Association(self, address), this);

    /// <summary>Makes a connection to the peer and serves it to its end.</summary>
    public async Task DialAsync(Association association)
    {
        Connection? connection = null;
        try
        {
            connection = await Connection.DialAsync(this, association.Peer);
            var peer = await connection.IntroduceAsync(association.Peer);
            await Connection.EndAsync(association.Outlived(peer.Uid, isInbound: false), Stopping);
            var link = connection.MakeLink(association, peer);
            if (association.TryAttach(link))
                await ServeAsync(association, link);
        }
        catch (Exception e)
        {
            // Whatever keeps a connection from being made (the network, the peer, a name) is the same to who sends.
            connection?.Dispose();
            GiveBack(association.DialFailed());
            if (_isShuttingDown)
                return;

            Log.Warning("No connection to [{0}]: {1}. The next try is in {2} at the earliest.", association.Peer, e.Message, Settings.RetryGateClosedFor);
            System.EventStream.Publish(new AssociationErrorEvent(e, Address, association.Peer, inbound: false));
        }
    }

    /// <summary>Runs an attached link to its end.</summary>
    public async Task ServeAsync(Association association, PeerLink link)
    {
        if (_isShuttingDown)
            link.Flush();

        Publish(new AssociatedEvent(Address, association.Peer, link.IsInbound));
        await link.RunAsync();
        GiveBack(association.Detach(link));
        if (link.Failure is { } failure && !_isShuttingDown)
        {
            WarnOfPeer("The link with [{0}] has ended: {1}", association.Peer, failure.Message);
            System.EventStream.Publish(new AssociationErrorEvent(failure, Address, association.Peer, link.IsInbound));
        }

        Publish(new DisassociatedEvent(Address, association.Peer, link.IsInbound));
    }

    /// <summary>Sends what is queued, says goodbye to all peers, and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isShuttingDown)
            return;

        _isShuttingDown = true;
        _listener.Dispose();
        PeerLink[] links = [.. _associations.Values.SelectMany(a => a.Links())];
        foreach (var link in links)
            link.Flush();

        var allEnded = Task.WhenAll(links.Select(link => link.Ended));
        await Task.WhenAny(allEnded, Task.Delay(Settings.FlushWait, Clock));
        foreach (var link in links)
            link.Close(null);

        await _stopping.CancelAsync();
        await allEnded;
        await _listener.Stopped;
        await _beating;
        LogLifecycle("Remoting at [{0}] has shut down", Address);
        _meter.Dispose();
        _stopping.Dispose();
    }

    private bool TrySerialize(object message, IActorRef? sender, RemoteActorRef recipient, out OutgoingMessage outgoing)
    {
        outgoing = default;
        try
        {
            var serializer = System.Serialization.FindSerializerFor(message);
            var manifest = Serialization.Serialization.ManifestFor(serializer, message);
            var payload = serializer.ToBinary(message);
            var senderPath = SenderPath(sender);
            var frameBytes = Frames.MessageOverheadBytes + recipient.WirePath.Length + senderPath.Length + Encoding.UTF8.GetByteCount(manifest) + payload.Length;
            outgoing = new OutgoingMessage(message, sender, recipient, recipient.WirePath, senderPath, serializer.Identifier, manifest, payload, frameBytes);
        }
        catch (Exception e)
        {
            // A serializer is user code: what it throws must not hit the actor that only said Tell.
            Interlocked.Increment(ref Counters.Unsendable);
            Log.Error(e, "A message of type {0} for [{1}] cannot be serialized: {2}", message.GetType(), recipient.Path, e.Message);
            ToDeadLetters(message, sender, recipient);
            return false;
        }

        if (outgoing.FrameBytes <= Settings.MaximumFrameBytes && Math.Max(recipient.WirePath.Length, outgoing.SenderPath.Length) <= Frames.MaxPathBytes)
            return true;

        Interlocked.Increment(ref Counters.Unsendable);
        var tooLarge = new RemoteTransportException(
            $"{message.GetType().FullName} for [{recipient.Path}] takes a frame of {outgoing.FrameBytes} bytes, maximum-frame-size is {Settings.MaximumFrameBytes}");
        Log.Error("Dropped: {0}.", tooLarge.Message);
        System.EventStream.Publish(new AssociationErrorEvent(tooLarge, Address, recipient.Path.Address, inbound: false));
        return false;
    }

    private string SenderPath(IActorRef? sender)
    {
        if (sender is null or NobodyRef)
            return "";

        if (sender is RemoteActorRef remote)
            return remote.Path.ToSerializationFormat();

        // Actors that live on are asked for their path again and again; the short-lived refs of Ask have no uid.
        return sender.Path.Uid == 0 ? WirePath(sender.Path) : _senderPaths.GetValue(sender.Path, WirePath);
    }

    private void GiveBack(OutgoingMessage[] messages)
    {
        Interlocked.Add(ref Counters.Unreachable, messages.Length);
        foreach (var message in messages)
            ToDeadLetters(message.Message, message.Sender, message.Recipient);
    }

    private void ToDeadLetters(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        var from = sender ?? System.DeadLetters;
        System.DeadLetters.Tell(new DeadLetter(message, from, recipient), from);
    }

    private void Publish(AssociationEvent associationEvent)
    {
        System.EventStream.Publish(associationEvent);
        if (Settings.LogLifecycleEvents)
            Log.Debug("{0}", associationEvent);
    }

    private void LogLifecycle(string template, params object[] facts)
    {
        if (Settings.LogLifecycleEvents)
            Log.Info(template, facts);
    }

    // Keeps idle links alive, ends those whose peer is silent, and forgets peers of whom nothing is left.
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Settings.HeartbeatInterval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Stopping))
            {
                Interlocked.Exchange(ref _warnings, 0);
                foreach (var (address, association) in _associations)
                {
                    foreach (var link in association.Links())
                    {
                        if (link.Silence > Settings.HeartbeatPause)
                            link.Close(new RemoteTransportException($"no sign of life for {link.Silence.TotalSeconds:0.0} s"));
                        else
                            link.RequestHeartbeat();
                    }

                    if (association.TryRemove())
                        _associations.TryRemove(new KeyValuePair<Address, Association>(address, association));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the beating is the end of remoting.
        }
    }
}
