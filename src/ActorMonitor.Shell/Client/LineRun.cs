using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>Runs a line on the node: once, or again and again with a picture each time.</summary>
internal sealed class LineRun(ShellClient client, TimeProvider time)
{
    public async Task<int> RunAsync(PbmArguments line, IShellSink sink, CancellationToken cancellationToken)
    {
        var exit = line.Watch is { } every
            ? await WatchAsync(line, every, sink, cancellationToken)
            : await client.SendAsync(line.Line, sink, mayChange: true, cancellationToken);
        await sink.EndAsync();
        return exit;
    }

    // What is wrong from the start does not become better by being said again; what goes wrong later is shown until it is over:
    // a node that went away comes back.
    private async Task<int> WatchAsync(PbmArguments line, TimeSpan every, IShellSink sink, CancellationToken cancellationToken)
    {
        var pictures = new WholePictures(sink, time);
        var isFirst = true;
        while (true)
        {
            var began = time.GetTimestamp();
            pictures.Begin();
            await pictures.WriteAsync(new Frame());
            if (line.IsJson != true)
                await pictures.WriteAsync(new TextLine($"Every {DurationText.Print(every)}: {LineWords.Join(line.Line)}   {client.Node}   {time.GetUtcNow():HH:mm:ss}Z"));
            var exit = await client.SendAsync(line.Line, pictures, mayChange: false, cancellationToken);
            if (isFirst && exit is (ShellExit.Usage or ShellExit.Refused))
            {
                await pictures.GiveUpAsync();
                return exit;
            }

            isFirst = false;
            await pictures.EndAsync();
            var left = every - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, time, cancellationToken);
        }
    }

    /// <summary>Keeps a picture until it is whole, or slow: half a one in the place of the one before would flicker.</summary>
    private sealed class WholePictures(IShellSink sink, TimeProvider time) : IShellSink
    {
        private readonly List<ShellOutput> _kept = [];
        private long _began;
        private bool _isSlow;

        // Slower replies are shown as they come, those that never end among them.
        public TimeSpan Patience => TimeSpan.FromSeconds(2);

        public void Begin() => (_began, _isSlow) = (time.GetTimestamp(), false);

        public async ValueTask WriteAsync(ShellOutput output)
        {
            _kept.Add(output);
            _isSlow |= time.GetElapsedTime(_began) > Patience;
            if (_isSlow)
                await PassAsync(_kept);
        }

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public async ValueTask AliveAsync()
        {
            await PassAsync(_kept);
            await sink.AliveAsync();
        }

        /// <summary>The picture is whole; another may follow.</summary>
        public async ValueTask EndAsync()
        {
            await PassAsync(_kept);
            await sink.EndAsync();
        }

        /// <summary>There will be no picture: only what went wrong is said.</summary>
        public ValueTask GiveUpAsync() => PassAsync(_kept.Where(output => output is Failure));

        private async ValueTask PassAsync(IEnumerable<ShellOutput> outputs)
        {
            foreach (var output in outputs)
                await sink.WriteAsync(output);
            _kept.Clear();
        }
    }
}
