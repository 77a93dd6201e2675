using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;
using Akka.TestKit.Internal;
using Xunit;
using Xunit.Sdk;

namespace Akka.TestKit;

/// <summary>
/// An actor system with a test actor whose messages the test looks at one by one. One test, one flow of control:
/// expectations are not meant to be called from several threads at once.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _testActors;
    private readonly TestQueue _queue = new();
    private readonly SynchronizationContext? _contextBefore;
    private readonly ImplicitSenderContext _implicitSender;
    private Envelope? _last;
    private bool _lastWasNoMessage;
    private TimeSpan? _end;

    // Specs block threads of the pool while the actors need some too.
    static TestKitBase()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, 32), completionPorts);
    }

    /// <summary>A kit over a new system with this configuration in front of the kit's defaults.</summary>
    protected TestKitBase(Config config, string? actorSystemName = null)
        : this(ActorSystem.Create(actorSystemName ?? "test", config.WithFallback(TestConfigs.DefaultConfig)))
    {
    }

    /// <summary>A kit over a system that is there.</summary>
    protected TestKitBase(ActorSystem system, string? testActorName = null)
    {
        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        EventFilter = new EventFilterFactory(this);
        var name = testActorName ?? "testActor" + Interlocked.Increment(ref _testActors);
        TestActor = ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new InternalTestActor(_queue)), name);
        _implicitSender = new ImplicitSenderContext(CellOf(TestActor));
        _contextBefore = SynchronizationContext.Current;
        if (this is not INoImplicitSender)
        {
            ActorCell.Current = CellOf(TestActor);
            SynchronizationContext.SetSynchronizationContext(_implicitSender);
        }
    }

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The actor that collects what the test looks at; the sender of what the test tells.</summary>
    public IActorRef TestActor { get; }

    /// <summary>The section akka.test.</summary>
    public TestKitSettings TestKitSettings { get; }

    /// <summary>Expectations on what is logged.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>Whether messages wait to be looked at.</summary>
    public bool HasMessages => _queue.HasMessages;

    /// <summary>The message that was looked at last.</summary>
    public object? LastMessage => _last?.Message;

    /// <summary>Who sent the message that was looked at last.</summary>
    public IActorRef LastSender => _last?.Sender
        ?? throw new InvalidOperationException("No message has been received, so there is no sender.");

    /// <summary>What is left of the block, or the default for one message.</summary>
    public TimeSpan RemainingOrDefault => _end is { } end ? NotNegative(end - Now) : Dilated(TestKitSettings.SingleExpectDefault);

    /// <summary>A time, multiplied with <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration * TestKitSettings.TestTimeFactor;

    private TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    /// <summary>The test actor is told when an actor ends.</summary>
    public IActorRef Watch(IActorRef actorToWatch)
    {
        TellAndWait(done => new InternalTestActor.WatchActor(actorToWatch, done));
        return actorToWatch;
    }

    /// <summary>The test actor is told no more when an actor ends.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        TellAndWait(done => new InternalTestActor.UnwatchActor(actorToUnwatch, done));
        return actorToUnwatch;
    }

    /// <summary>From now on the test actor drops messages for which this holds.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage)
        => TestActor.Tell(new InternalTestActor.SetIgnore(shouldIgnoreMessage), ActorRefs.NoSender);

    /// <summary>From now on the test actor drops messages of a type.</summary>
    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    /// <summary>From now on the test actor drops nothing.</summary>
    public void IgnoreNoMessages() => TestActor.Tell(new InternalTestActor.SetIgnore(null), ActorRefs.NoSender);

    /// <summary>A probe: a test actor with expectations of its own.</summary>
    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    /// <summary>A probe in another system.</summary>
    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, name);

    /// <inheritdoc/>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <inheritdoc/>
    void IActorRefFactory.Stop(IActorRef actor) => Sys.Stop(actor);

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

    internal static void Check(bool holds, string message)
    {
        if (!holds)
        {
            throw new XunitException(message);
        }
    }

    private static void CheckEqual<T>(T expected, T actual, string what)
    {
        try
        {
            Assert.Equal(expected, actual);
        }
        catch (EqualException e) when (what.Length > 0)
        {
            throw new XunitException(what + ": " + e.Message, e);
        }
    }

    private void TellAndWait(Func<TaskCompletionSource, object> request)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(request(done), ActorRefs.NoSender);
        done.Task.WaitAsync(Dilated(TestKitSettings.DefaultTimeout)).GetAwaiter().GetResult();
    }

    internal static void Complete(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    internal static T Complete<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    internal static T Complete<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static ActorCell CellOf(IActorRef actor) => ((LocalActorRef)actor).Cell;
}
