using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Routing;

/// <summary>
/// The cell of a pool's router. Messages go straight from the sender's thread to a routee; only management goes through the
/// router's mailbox. The set of routees is swapped as a whole, and a swap waits until nobody is sending by an older one: the
/// PoisonPill of a removed routee comes after every message that it was ever sent.
/// </summary>
internal sealed class RoutedActorCell : ActorCell
{
    private readonly RoundRobinPool _pool;
    private readonly Props _routeeProps;
    private RouteeSet _routees = new([]);
    private int _turn = -1;

    private RoutedActorCell(ActorSystemImpl system, LocalActorRef self, Props routerProps, Props routeeProps, RoundRobinPool pool, IInternalActorRef parent)
        : base(system, self, routerProps, parent)
    {
        _pool = pool;
        _routeeProps = routeeProps;
    }

    public ImmutableArray<IActorRef> Routees => Volatile.Read(ref _routees).Members;

    public static LocalActorRef MakeRef(ActorSystemImpl system, Props props, RoundRobinPool pool, IInternalActorRef supervisor, ActorPath path)
    {
        var routerProps = Props.Create(() => new RouterPoolActor()).WithSupervisorStrategy(pool.SupervisorStrategy);
        var routeeProps = props.WithoutRouter();
        return new LocalActorRef(
            system, routerProps, supervisor, path, self => new RoutedActorCell(system, self, routerProps, routeeProps, pool, supervisor));
    }

    /// <summary>Makes the routees; the router's mailbox does not run before.</summary>
    public override void Start()
    {
        Grow(_pool.NrOfInstances);
        base.Start();
    }

    public override void SendMessage(object message, IActorRef? sender)
    {
        if (message is RouterManagementMessage or IAutoReceivedMessage || IsTerminated) base.SendMessage(message, sender);
        else Route(message, sender ?? SystemImpl.DeadLetters);
    }

    public void Grow(int by)
    {
        var added = new List<IActorRef>(by);
        for (var i = 0; i < by; i++) added.Add(Watch(MakeChild(_routeeProps, name: null, isSystemService: false)));
        Swap(Routees.AddRange(added));
    }

    public void Shrink(int by)
    {
        foreach (var routee in Routees.TakeLast(by).ToArray())
        {
            Forget(routee);
            routee.Tell(PoisonPill.Instance, Self);
        }
    }

    /// <summary>Sends nothing more to an actor.</summary>
    public void Forget(IActorRef actor) => Swap(Routees.Remove(actor));

    private void Route(object message, IActorRef sender)
    {
        var set = Enter();
        try
        {
            if (message is Broadcast broadcast)
            {
                foreach (var routee in set.Members) routee.Tell(broadcast.Message, sender);
            }
            else if (set.Members.Length == 0)
            {
                SystemImpl.DeadLetters.Tell(new Event.DeadLetter(message, sender, Self), sender);
            }
            else
            {
                var turn = (uint)Interlocked.Increment(ref _turn);
                set.Members[(int)(turn % (uint)set.Members.Length)].Tell(message, sender);
            }
        }
        finally
        {
            Interlocked.Decrement(ref set.Senders);
        }
    }

    // Whoever counts himself in and then still finds the set current is seen by the swap that comes after.
    private RouteeSet Enter()
    {
        while (true)
        {
            var set = Volatile.Read(ref _routees);
            Interlocked.Increment(ref set.Senders);
            if (ReferenceEquals(set, Volatile.Read(ref _routees))) return set;
            Interlocked.Decrement(ref set.Senders);
        }
    }

    private void Swap(ImmutableArray<IActorRef> members)
    {
        var old = Interlocked.Exchange(ref _routees, new RouteeSet(members));

        // A send is a few instructions: there is seldom anybody to wait for.
        var spin = default(SpinWait);
        while (Volatile.Read(ref old.Senders) > 0) spin.SpinOnce();
    }

    private sealed class RouteeSet(ImmutableArray<IActorRef> members)
    {
        public readonly ImmutableArray<IActorRef> Members = members;
        public int Senders;
    }
}

/// <summary>The actor behind a pool: manages the routees, and keeps them through its own restart.</summary>
internal sealed class RouterPoolActor : ActorBase
{
    private readonly RoutedActorCell _cell = (RoutedActorCell)ActorCell.CurrentOrThrow();

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case GetRoutees:
                Sender.Tell(new Routees(_cell.Routees.Select(routee => new ActorRefRoutee(routee))));
                return true;
            case AdjustPoolSize { Change: > 0 } grow:
                _cell.Grow(grow.Change);
                return true;
            case AdjustPoolSize shrink:
                _cell.Shrink(-shrink.Change);
                StopIfEmpty();
                return true;
            case Terminated terminated:
                _cell.Forget(terminated.ActorRef);
                StopIfEmpty();
                return true;
            default:
                return false;
        }
    }

    protected override void PreRestart(Exception reason, object message)
    {
    }

    private void StopIfEmpty()
    {
        // Those that were removed are working off their queues: they must not be stopped together with the router.
        if (_cell.Routees.IsEmpty && !Context.GetChildren().Any()) Context.Stop(Self);
    }
}
