using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Event;

public sealed class LoggersSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task What_was_logged_before_the_end_is_logged_although_a_logger_is_slow()
    {
        using var state = new State();
        using var system = Start(state, "", typeof(SlowLogger), typeof(LastLogger));
        system.Log.Warning("one");
        await state.Begun.Task.WaitAsync(Patience);
        system.Log.Warning("two");
        system.Log.Warning("three");

        // The second logger is told to end after the first, and has nothing to do: when it has ended, the first is told.
        var end = system.Terminate();
        await state.LastEnded.Task.WaitAsync(Patience);
        state.Gate.Set();
        await end.WaitAsync(Patience);

        state.Lines.ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public async Task A_logger_that_is_never_done_does_not_keep_a_system_from_ending()
    {
        using var state = new State();
        using var system = Start(state, "akka.logger-startup-timeout = 200ms", typeof(StuckLogger));
        system.Log.Warning("one");
        await state.Begun.Task.WaitAsync(Patience);

        await system.Terminate().WaitAsync(Patience);
    }

    private static ActorSystem Start(State state, string hocon, params Type[] loggers)
    {
        var names = string.Join(", ", loggers.Select(type => $"\"{type.AssemblyQualifiedName}\""));
        var config = ConfigurationFactory.ParseString(hocon)
            .WithFallback(ConfigurationFactory.ParseString($"akka {{ loglevel = WARNING, stdout-loglevel = OFF, loggers = [{names}] }}"));
        return ActorSystem.Create("logging", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), state));
    }

    private sealed class State : Setup, IDisposable
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource LastEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Gate { get; } = new();

        public static State Of(IActorContext context) => context.System.Settings.Setup.Get<State>()!;

        public void Dispose() => Gate.Dispose();
    }

    private sealed class SlowLogger : ReceiveActor
    {
        public SlowLogger()
        {
            var state = State.Of(Context);
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<Warning>(warning =>
            {
                state.Begun.TrySetResult();
                state.Gate.Wait(Patience);
                state.Lines.Enqueue(warning.Message.ToString()!);
            });
        }
    }

    private sealed class LastLogger : ReceiveActor
    {
        private readonly State _state = State.Of(Context);

        public LastLogger() => Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));

        protected override void PostStop() => _state.LastEnded.TrySetResult();
    }

    private sealed class StuckLogger : ReceiveActor
    {
        public StuckLogger()
        {
            var state = State.Of(Context);
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            ReceiveAsync<Warning>(_ =>
            {
                state.Begun.TrySetResult();
                return new TaskCompletionSource().Task;
            });
        }
    }
}
