using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>A line that a program wrote, and when it came.</summary>
internal sealed record OutputLine(string Text, bool IsError, long At);

/// <summary>
/// One run of <c>actormonitor</c> or <c>pbm</c> as a process of its own. Its output is read line by line; whoever waits for
/// a line waits until a deadline, and gets all output when it does not come. Disposing it ends it by its id.
/// </summary>
internal sealed class ProgramUnderTest : IAsyncDisposable
{
    /// <summary>How long anything may take that has no bound of its own: generous, as the machine may be busy.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly Process _process;
    private readonly string _command;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProgramUnderTest(string program, string folder, IEnumerable<string> arguments, bool readsOutput)
    {
        var start = new ProcessStartInfo(Programs.Dotnet)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments.Prepend(program))
            start.ArgumentList.Add(argument);
        _command = $"{Path.GetFileNameWithoutExtension(program)} {string.Join(' ', arguments)}";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, received) => Add(received.Data, isError: false);
        _process.ErrorDataReceived += (_, received) => Add(received.Data, isError: true);
        _process.Exited += (_, _) => Changed();
        _ = _process.Start();
        if (readsOutput)
            _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    internal StreamWriter Input => _process.StandardInput;

    /// <summary>The lines of standard output so far.</summary>
    internal IReadOnlyList<string> Output => Texts(isError: false);

    /// <summary>The lines of standard error so far.</summary>
    internal IReadOnlyList<string> Errors => Texts(isError: true);

    /// <summary>The same without the transport's word on a peer that went away, which another process's end may cause at any moment.</summary>
    internal IEnumerable<string> ErrorsOfItsOwn => Errors.Where(line => !Regex.IsMatch(line, @"^\[[^]]+\] \[warning\] \[\S+\] (?:The link with|Refused a connection from) ", RegexOptions.None, TimeSpan.FromSeconds(5)));

    internal static ProgramUnderTest Node(TestFolder folder, params IEnumerable<string> arguments) => new(Programs.Node, folder.Path, arguments, readsOutput: true);

    internal static ProgramUnderTest Pbm(TestFolder folder, params IEnumerable<string> arguments) => new(Programs.Pbm, folder.Path, arguments, readsOutput: true);

    /// <summary>One whose standard output nobody reads until <see cref="ReadOutput"/>.</summary>
    internal static ProgramUnderTest Unread(TestFolder folder, params IEnumerable<string> arguments) => new(Programs.Node, folder.Path, arguments, readsOutput: false);

    internal void ReadOutput() => _process.BeginOutputReadLine();

    /// <summary>Where the output stands: only what comes after is looked at by a wait that begins here.</summary>
    internal int Mark()
    {
        lock (_lock)
            return _lines.Count;
    }

    /// <summary>Waits for a line that matches, on either stream.</summary>
    /// <param name="pattern">A regular expression.</param>
    /// <param name="within">The deadline; <see cref="Patience"/> when it is not given.</param>
    /// <param name="from">A <see cref="Mark"/>; the beginning when it is not given.</param>
    internal async Task<Match> LineAsync(string pattern, TimeSpan? within = null, int from = 0)
    {
        var bound = within ?? Patience;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Task changed;
            var hasEnded = HasEnded();
            lock (_lock)
            {
                for (; from < _lines.Count; from++)
                {
                    if (Regex.Match(_lines[from].Text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5)) is { Success: true } match)
                        return match;
                }

                changed = _changed.Task;
            }

            if (hasEnded)
                throw Failure($"ended with {_process.ExitCode} before it printed /{pattern}/");
            var left = bound - Stopwatch.GetElapsedTime(started);
            try
            {
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                throw Failure($"did not print /{pattern}/ within {bound.TotalSeconds} s");
            }
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var bound = new CancellationTokenSource(within ?? Patience, TimeProvider.System);
        try
        {
            // This waits for the end of both streams too.
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw Failure($"did not end within {(within ?? Patience).TotalSeconds} s");
        }

        return _process.ExitCode;
    }

    internal void Send(Signal signal) => _process.Send(signal);

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        _ = await ExitAsync();
    }

    /// <summary>All that it has written, for the message of a failure.</summary>
    internal string Transcript()
    {
        lock (_lock)
            return string.Join('\n', _lines.Select(line => (line.IsError ? "! " : "  ") + line.Text));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private InvalidOperationException Failure(string what) => new($"{_command}\n{what}; its output:\n{Transcript()}");

    private bool HasEnded()
    {
        if (!_process.HasExited)
            return false;
        // The last lines may still be on their way.
        _process.WaitForExit();
        return true;
    }

    private void Add(string? text, bool isError)
    {
        if (text is null)
            return;
        lock (_lock)
            _lines.Add(new OutputLine(text, isError, Stopwatch.GetTimestamp()));
        Changed();
    }

    private void Changed()
    {
        TaskCompletionSource changed;
        lock (_lock)
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.SetResult();
    }

    private List<string> Texts(bool isError)
    {
        lock (_lock)
            return [.. _lines.Where(line => line.IsError == isError).Select(line => line.Text)];
    }
}
