using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The one implementation of an actor system: it builds the parts in order and takes them down in the other.</summary>
internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ConcurrentStack<Action> _terminationCallbacks = new();
    private readonly TaskCompletionSource _whenTerminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExtensionTable _extensions;
    private int _terminating;
    private volatile bool _callbacksRun;

    public ActorSystemImpl(string name, Config config, ActorSystemSetup setup)
    {
        if (!Regex.IsMatch(name, "^[a-zA-Z0-9][a-zA-Z0-9-]*$", RegexOptions.NonBacktracking))
        {
            throw new ArgumentException($"Invalid ActorSystem name [{name}]: it consists of ASCII letters, digits and -, and does not start with -.", nameof(name));
        }

        Name = name;
        _extensions = new ExtensionTable(this);
        Settings = new Settings(config, setup);
        SerializeAllMessages = Settings.SerializeAllMessages;
        EventStream = new EventStream();
        EventStream.StartStdoutLogger(Settings);
        Log = Logging.GetLogger(EventStream, $"ActorSystem({name})");
        LocalProvider = MakeProvider();
        Scheduler = MakeScheduler();
        Serialization = new Serialization.Serialization(this);
    }

    public override Settings Settings { get; }

    /// <summary>Looked at for every message: a copy of what the settings say, close at hand.</summary>
    public bool SerializeAllMessages { get; }

    public override string Name { get; }

    public override Serialization.Serialization Serialization { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => LocalProvider.DeadLetters;

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _whenTerminated.Task;

    public override IActorRefProvider Provider => LocalProvider;

    public LocalActorRefProvider LocalProvider { get; }

    public bool IsTerminating => Volatile.Read(ref _terminating) != 0;

    /// <summary>Starts the guardians, the loggers and the extensions; when one of them fails what has started is stopped again.</summary>
    public void Start()
    {
        try
        {
            LocalProvider.Init(this);
            EventStream.StartDefaultLoggers(this);
            _ = CoordinatedShutdown.Get(this);
            if (Settings.LogDeadLetters > 0 || Settings.UnhandledMessagesAreLogged)
            {
                SystemActorOf(
                    Props.Create(() => new DeadLetterListener(Settings.LogDeadLetters, Settings.UnhandledMessagesAreLogged)),
                    "deadLetterListener");
            }

            foreach (var name in Settings.Config.GetStringList("akka.extensions")) LoadExtension(name);
            _ = EndAsync();
        }
        catch
        {
            (Scheduler as IDisposable)?.Dispose();
            _ = LocalProvider.AfterTerminationAsync();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string? name = null) => LocalProvider.Guardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) =>
        LocalProvider.SystemGuardian.Cell.MakeChild(props, name, isSystemService: true);

    public override ActorSelection ActorSelection(ActorPath actorPath) => Actor.ActorSelection.ForPath(this, actorPath);

    public override ActorSelection ActorSelection(string actorPath) => Actor.ActorSelection.ForText(this, LocalProvider.RootGuardian, actorPath);

    public override void Stop(IActorRef actor) => ((IInternalActorRef)actor).Stop();

    public override void RegisterOnTermination(Action code)
    {
        _terminationCallbacks.Push(code);

        // Too late to be found by the end: run now what the end has left.
        if (_callbacksRun) RunTerminationCallbacks();
    }

    public override Task Terminate()
    {
        if (!Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate") || IsTerminating)
        {
            FinalTerminate();
            return WhenTerminated;
        }

        _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return WhenTerminated;
    }

    /// <summary>Stops the actors.</summary>
    public void FinalTerminate()
    {
        if (Interlocked.Exchange(ref _terminating, 1) != 0) return;
        if (!Settings.LogDeadLettersDuringShutdown && LocalProvider.SystemGuardian.Cell.Child("deadLetterListener") is { } listener) Stop(listener);
        LocalProvider.Guardian.Stop();
    }

    public override object GetExtension(IExtensionId extensionId) => _extensions.Get(extensionId);

    public override bool HasExtension<T>() => _extensions.Has(typeof(T));

    private async Task EndAsync()
    {
        await LocalProvider.TerminationTask.ConfigureAwait(false);
        Interlocked.Exchange(ref _terminating, 1);
        try
        {
            await LocalProvider.AfterTerminationAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The system has ended all the same.
            Log.Error(e, "The provider failed to close.");
        }

        RunTerminationCallbacks();
        (Scheduler as IDisposable)?.Dispose();
        _whenTerminated.TrySetResult();
    }

    private void RunTerminationCallbacks()
    {
        _callbacksRun = true;
        while (_terminationCallbacks.TryPop(out var callback))
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                // The others still have to run.
                Log.Error(e, "A termination callback failed.");
            }
        }
    }

    private IScheduler MakeScheduler()
    {
        if (Settings.SchedulerClass.Length == 0) return new HashedWheelTimerScheduler(Settings.Config, Log);
        var type = TypeNames.Resolve(Settings.SchedulerClass, "akka.scheduler.implementation");
        return (IScheduler)Activator.CreateInstance(type, Settings.Config, Log)!;
    }

    // Remoting is known by its name only: the core stands without it.
    private LocalActorRefProvider MakeProvider()
    {
        if (Settings.ProviderClass is "local") return new LocalActorRefProvider(Name, Settings, EventStream);
        var name = Settings.ProviderClass is "remote" ? "Akka.Remote.RemoteActorRefProvider" : Settings.ProviderClass;
        var type = TypeNames.Resolve(name, "akka.actor.provider");
        const BindingFlags Constructors = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;
        return (LocalActorRefProvider)Activator.CreateInstance(type, Constructors, null, [Name, Settings, EventStream], null)!;
    }

    private void LoadExtension(string name)
    {
        var type = TypeNames.Resolve(name, "akka.extensions");
        if (Activator.CreateInstance(type) is not IExtensionId id) throw new ConfigurationException($"[{name}] of [akka.extensions] is no extension.");
        GetExtension(id);
    }
}
