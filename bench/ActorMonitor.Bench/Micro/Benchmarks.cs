using ActorMonitor.Bench.Load;
using Akka.Actor;
using Akka.Configuration;
using BenchmarkDotNet.Attributes;

namespace ActorMonitor.Bench.Micro;

/// <summary>The cost of a message to the one who sends it, and of a batch from the first Tell to the last handler.</summary>
[MemoryDiagnoser]
public class TellBenchmarks : IDisposable
{
    private const int Batch = 10_000;
    private static readonly object Message = new();
    private readonly Countdown _countdown = new();
    private ActorSystem _system = null!;
    private IActorRef _actor = null!;
    private IActorRef _receiving = null!;

    [GlobalSetup]
    public void Start()
    {
        _system = LoadSystem.Local();
        var countdown = _countdown;
        _actor = _system.ActorOf(Props.Create(() => new Untyped(countdown)));
        _receiving = _system.ActorOf(Props.Create(() => new Receiving(countdown)));
    }

    /// <summary>A turn of the mailbox with an UntypedActor: a batch of messages, told and handled.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public Task UntypedTurn() => Run(_actor);

    /// <summary>The same with a ReceiveActor that has three handlers.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public Task ReceiveTurn() => Run(_receiving);

    /// <summary>One question and its answer.</summary>
    [Benchmark]
    public Task<object> Ask() => _actor.Ask<object>("echo");

    [GlobalCleanup]
    public void Dispose()
    {
        _system.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Run(IActorRef actor)
    {
        var done = _countdown.Start(Batch);
        for (var i = 0; i < Batch; i++)
            actor.Tell(Message, ActorRefs.NoSender);

        return done;
    }

    private sealed class Untyped(Countdown countdown) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is string) Sender.Tell(message, Self);
            else countdown.Signal();
        }
    }

    private sealed class Receiving : ReceiveActor
    {
        public Receiving(Countdown countdown)
        {
            Receive<string>(Unhandled);
            Receive<int>(_ => Unhandled(_));
            Receive<object>(_ => countdown.Signal());
        }
    }
}

/// <summary>Reading a configuration of the size of a node's.</summary>
[MemoryDiagnoser]
public class HoconBenchmarks
{
    private const string Text = """
        # a node
        actor-monitor { name = "berlin", autonomy = 24 h, probes { min = 5, max = 50 }, queue = ${actor-monitor.probes.max} }
        akka {
          loglevel = INFO
          actor { provider = remote, deployment { /probes { router = round-robin-pool, nr-of-instances = 5 } } }
          remote { untrusted-mode = on, trusted-selection-paths = ["/user/monitor"], dot-netty.tcp { hostname = "127.0.0.1", port = 8091 } }
        }
        """;

    private readonly Config _config = ConfigurationFactory.ParseString(Text);

    [Benchmark]
    public Config Parse() => ConfigurationFactory.ParseString(Text);

    [Benchmark]
    public TimeSpan GetTimeSpan() => _config.GetTimeSpan("actor-monitor.autonomy");
}

/// <summary>The load's own serializer, there and back.</summary>
[MemoryDiagnoser]
public class SerializerBenchmarks : IDisposable
{
    private readonly ActorSystem _system = LoadSystem.Local();
    private readonly Sample _sample = new(1234567, 7654321, 7, "ping-gateway-berlin");
    private readonly SampleSerializer _serializer;
    private readonly byte[] _bytes;

    public SerializerBenchmarks()
    {
        _serializer = new SampleSerializer((ExtendedActorSystem)_system);
        _bytes = _serializer.ToBinary(_sample);
    }

    [Benchmark]
    public byte[] ToBinary() => _serializer.ToBinary(_sample);

    [Benchmark]
    public object FromBinary() => _serializer.FromBinary(_bytes, "s");

    [GlobalCleanup]
    public void Dispose()
    {
        _system.Dispose();
        GC.SuppressFinalize(this);
    }
}
