using System.IO.Pipelines;
using System.Text;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Connection;

public sealed class ReplyReaderTests
{
    private readonly Pipe _pipe = new();
    private readonly Listener _sink = new();

    [Fact]
    public async Task Rows_that_wait_are_shown_when_nothing_follows()
    {
        var reading = new ReplyReader(_sink).ReadAsync(_pipe.Reader.AsStream(), CancellationToken.None);
        await SayAsync("{\"kind\":\"text\",\"text\":\"a\"}\n");

        await _sink.Alive.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        await _pipe.Writer.CompleteAsync();
        await reading;
        _sink.Said.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Rows_that_trickle_do_not_put_it_off()
    {
        var reading = new ReplyReader(_sink).ReadAsync(_pipe.Reader.AsStream(), CancellationToken.None);

        // Never silent for as long as the sink is patient, until it was told all the same.
        while (!_sink.Alive.IsCompleted && _sink.Said.Count < 10_000)
        {
            await SayAsync("{\"kind\":\"text\",\"text\":\"a\"}\n");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        _sink.Alive.IsCompleted.ShouldBeTrue();
        await _pipe.Writer.CompleteAsync();
        await reading;
    }

    [Fact]
    public async Task A_node_that_says_it_lives_has_what_waits_shown()
    {
        var reading = new ReplyReader(_sink).ReadAsync(_pipe.Reader.AsStream(), CancellationToken.None);
        await SayAsync("{\"kind\":\"alive\"}\n{\"kind\":\"end\",\"exit\":0}\n");
        await _pipe.Writer.CompleteAsync();
        await reading;

        _sink.Alive.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_output_that_broke_is_what_is_reported()
    {
        _sink.OnAlive = () => throw new OutputException("broken", hasReaderLeft: true, new IOException());
        var reading = new ReplyReader(_sink).ReadAsync(_pipe.Reader.AsStream(), CancellationToken.None);
        await SayAsync("{\"kind\":\"text\",\"text\":\"a\"}\n");

        await Should.ThrowAsync<OutputException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
    }

    private async Task SayAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private sealed class Listener : IShellSink
    {
        private readonly TaskCompletionSource _alive = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Alive => _alive.Task;

        public Action? OnAlive { get; set; }

        public List<string> Said { get; } = [];

        public TimeSpan Patience => TimeSpan.FromMilliseconds(50);

        public ValueTask WriteAsync(ShellOutput output)
        {
            Said.Add(((TextLine)output).Text);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public ValueTask AliveAsync()
        {
            OnAlive?.Invoke();
            _alive.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
