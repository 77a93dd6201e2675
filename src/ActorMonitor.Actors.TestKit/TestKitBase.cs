using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// An actor system with a test actor whose messages the test looks at one by one. One test, one flow of control:
/// expectations are not meant to be called from several threads at once.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _testActors;
    private readonly ITestKitAssertions _assertions;
    private readonly TestQueue _queue = new();
    private readonly SynchronizationContext? _contextBefore;
    private readonly ImplicitSenderContext _implicitSender;
    private MessageEnvelope _last = NullMessageEnvelope.Instance;
    private bool _lastWasNoMessage;
    private TimeSpan? _end;

    // Specs block threads of the pool while the actors need some too.
    static TestKitBase()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, 32), completionPorts);
    }

    /// <summary>A kit over a system that is there, or over a new one.</summary>
    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system ?? CreateSystem(TestConfigs.DefaultConfig, null), testActorName, owned: true)
    {
    }

    /// <summary>A kit over a new system.</summary>
    protected TestKitBase(ITestKitAssertions assertions, ActorSystemSetup setup, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, CreateSystem(setup, actorSystemName), testActorName, owned: true)
    {
    }

    /// <summary>A kit over a new system with this configuration in front of the kit's defaults.</summary>
    protected TestKitBase(ITestKitAssertions assertions, Config config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, CreateSystem(config.WithFallback(TestConfigs.DefaultConfig), actorSystemName), testActorName, owned: true)
    {
    }

    private TestKitBase(ITestKitAssertions assertions, ActorSystem system, string? testActorName, bool owned)
    {
        _assertions = assertions;
        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        EventFilter = new EventFilterFactory(this, system);
        TestActor = CreateTestActor(system, testActorName ?? "testActor" + Interlocked.Increment(ref _testActors), _queue);
        _implicitSender = new ImplicitSenderContext(CellOf(TestActor));
        _contextBefore = SynchronizationContext.Current;
        if (this is not INoImplicitSender)
        {
            ActorCell.Current = CellOf(TestActor);
            SynchronizationContext.SetSynchronizationContext(_implicitSender);
        }
    }

    /// <summary>The kit's own defaults.</summary>
    public static Config DefaultConfig => TestConfigs.DefaultConfig;

    /// <summary>A clock for measuring.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The actor that collects what the test looks at; the sender of what the test tells.</summary>
    public IActorRef TestActor { get; }

    /// <summary>The section akka.test.</summary>
    public TestKitSettings TestKitSettings { get; }

    /// <summary>Expectations on what is logged.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>The log of the system.</summary>
    public ILoggingAdapter Log => Sys.Log;

    /// <summary>Whether messages wait to be looked at.</summary>
    public bool HasMessages => _queue.HasMessages;

    /// <summary>The message that was looked at last.</summary>
    public object? LastMessage => _last.Message;

    /// <summary>Who sent the message that was looked at last.</summary>
    public IActorRef LastSender => _last.Sender;

    /// <summary>What is left of the block of <see cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)"/>.</summary>
    public TimeSpan Remaining => _end is { } end ? NotNegative(end - Now) : throw new InvalidOperationException("Remaining is known inside Within only.");

    /// <summary>What is left of the block, or the default for one message.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>What is left of the block, or the default for silence.</summary>
    public TimeSpan NoMessageRemainingOrDefault => RemainingOr(Dilated(TestKitSettings.ExpectNoMessageDefault));

    /// <summary>A time, multiplied with <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;

    /// <summary>A time given, dilated; else what is left of the block, or the default for one message.</summary>
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    /// <summary>A time given, dilated, else the default bound, dilated.</summary>
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => Dilated(timeout ?? TestKitSettings.DefaultTimeout);

    /// <summary>The test actor is told when an actor ends.</summary>
    public IActorRef Watch(IActorRef actorToWatch) => Complete(WatchAsync(actorToWatch));

    /// <inheritdoc cref="Watch"/>
    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(new InternalTestActor.WatchActor(actorToWatch, done), ActorRefs.NoSender);
        await done.Task.WaitAsync(GetTimeoutOrDefault(null)).ConfigureAwait(false);
        return actorToWatch;
    }

    /// <summary>The test actor is told no more when an actor ends.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch) => Complete(UnwatchAsync(actorToUnwatch));

    /// <inheritdoc cref="Unwatch"/>
    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(new InternalTestActor.UnwatchActor(actorToUnwatch, done), ActorRefs.NoSender);
        await done.Task.WaitAsync(GetTimeoutOrDefault(null)).ConfigureAwait(false);
        return actorToUnwatch;
    }

    /// <summary>From now on the test actor drops messages for which this holds.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage)
        => TestActor.Tell(new InternalTestActor.SetIgnore(shouldIgnoreMessage), ActorRefs.NoSender);

    /// <summary>From now on the test actor drops messages of a type for which this holds.</summary>
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage)
        => IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    /// <summary>From now on the test actor drops messages of a type.</summary>
    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    /// <summary>From now on the test actor drops nothing.</summary>
    public void IgnoreNoMessages() => TestActor.Tell(new InternalTestActor.SetIgnore(null), ActorRefs.NoSender);

    /// <summary>A probe: a test actor with expectations of its own.</summary>
    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    /// <summary>A probe in another system.</summary>
    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, _assertions, name);

    /// <summary>A further test actor whose messages nobody looks at.</summary>
    public IActorRef CreateTestActor(string name) => CreateTestActor(Sys, name, new TestQueue());

    /// <summary>Event filters for another system.</summary>
    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    /// <summary>Stops the system and waits for its end.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        try
        {
            Shutdown(Sys, duration, verifySystemShutdown);
        }
        finally
        {
            if (ReferenceEquals(SynchronizationContext.Current, _implicitSender))
            {
                SynchronizationContext.SetSynchronizationContext(_contextBefore);
            }

            if (ReferenceEquals(ActorCell.Current, CellOf(TestActor)))
            {
                ActorCell.Current = null;
            }
        }
    }

    /// <summary>Stops a system and waits for its end.</summary>
    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var wait = Dilated(duration ?? TestKitSettings.DefaultTimeout);
        if (Task.WaitAny([system.Terminate()], wait) >= 0)
        {
            return;
        }

        var message = $"the actor system {system.Name} did not stop within {wait}";
        if (verifySystemShutdown)
        {
            throw new TimeoutException(message);
        }

        system.Log.Warning(message);
    }

    internal ITestKitAssertions Assertions => _assertions;

    /// <summary>What is left of the block, or this.</summary>
    protected TimeSpan RemainingOr(TimeSpan duration) => _end is null ? duration : Remaining;

    // What a test hands in is run with the test actor as the implicit sender, whichever thread it is run on.
    internal Task AsTestActor(Func<Task> run)
    {
        if (this is INoImplicitSender)
        {
            return run();
        }

        var contextBefore = SynchronizationContext.Current;
        var task = Task.CompletedTask;
        SynchronizationContext.SetSynchronizationContext(_implicitSender);
        try
        {
            _implicitSender.Send(_ => task = run(), null);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(contextBefore);
        }

        return task;
    }

    [DoesNotReturn]
    private void Fail(string message)
    {
        _assertions.Fail(message);
        throw new UnreachableException();
    }

    internal static void Complete(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    internal static T Complete<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    internal static T Complete<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static ActorSystem CreateSystem(Config config, string? name) => ActorSystem.Create(name ?? "test", config);

    private static ActorSystem CreateSystem(ActorSystemSetup setup, string? name)
    {
        var bootstrap = setup.Get<BootstrapSetup>().GetOrElse(BootstrapSetup.Create());
        var config = bootstrap.Config.GetOrElse(ConfigurationFactory.Empty).WithFallback(TestConfigs.DefaultConfig);
        return ActorSystem.Create(name ?? "test", setup.And(bootstrap.WithConfig(config)));
    }

    private static IActorRef CreateTestActor(ActorSystem system, string name, TestQueue queue)
        => ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new InternalTestActor(queue)), name);

    private static ActorCell CellOf(IActorRef actor) => ((LocalActorRef)actor).Cell;
}
