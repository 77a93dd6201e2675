using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ActorMonitor.EndToEnd.Processes;
using ActorMonitor.Shell;

namespace ActorMonitor.EndToEnd.Pbm;

/// <summary>Does what a session says: starts and ends nodes as processes, types lines into pbm, and keeps what came of it.</summary>
internal sealed class TranscriptSession : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CountingTarget _open = new();
    private readonly int _closed = ClosedPort();
    private readonly Dictionary<string, (NodeUnderTest Node, Func<NodeUnderTest?, Task<NodeUnderTest>> Start)> _nodes = [];
    private PbmCall? _beside;

    /// <summary>Runs all steps.</summary>
    /// <returns>Null when each screen was as expected, otherwise the session as it was.</returns>
    internal async Task<string?> RunAsync(string transcript)
    {
        var session = new StringBuilder();
        var difference = "";
        foreach (var step in Transcript.Read(transcript))
        {
            session.Append(step.Kind).Append(' ').Append(step.Text).Append('\n');
            if (step.Kind == '!')
            {
                await DoAsync(step);
                continue;
            }

            var typed = step.Body.TakeWhile(line => line.StartsWith("> ", StringComparison.Ordinal)).ToList();
            var expected = step.Body.Skip(typed.Count).Select(Filled).ToList();
            var actual = await TypeAsync(step.Text, typed.Select(line => line[2..]));
            foreach (var line in typed.Concat(actual ?? []))
                session.Append(line).Append('\n');
            if (actual is null || Transcript.IsAsExpected(expected, actual))
                continue;
            difference = $"line {step.Line}: {step.Text}\nexpected:\n{string.Join('\n', expected)}\n\nfound:\n{string.Join('\n', actual)}";
            break;
        }

        return difference.Length == 0 ? null : $"{difference}\n\nthe session:\n{session}\n{string.Concat(_nodes.Select(node => $"\n{node.Key}:\n{node.Value.Node.Program.Transcript()}\n"))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_beside is not null)
            await _beside.DisposeAsync();
        foreach (var (node, _) in _nodes.Values)
            await node.DisposeAsync();
        await _open.DisposeAsync();
        _folder.Dispose();
    }

    private async Task DoAsync(TranscriptStep step)
    {
        var words = step.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "write":
                _ = _folder.Write(words[1], Filled(string.Join('\n', step.Body)) + "\n");
                break;
            case "jobs":
                _ = _folder.Write("jobs.json", Jobs(int.Parse(words[1], CultureInfo.InvariantCulture)));
                break;
            case "monitor":
                await StartAsync(words[1], like => NodeUnderTest.MonitorAsync(_folder, words[1], like, [.. words.Skip(2).Select(Filled)]));
                break;
            case "manager":
                var monitors = words[3].Split(',').Select(name => (name, _nodes[name].Node.Remoting)).ToArray();
                var config = _folder.ManagerHocon(words[1], "jobs.json", "", monitors);
                await StartAsync(words[1], like => NodeUnderTest.ManagerAsync(_folder, config, like, [.. words.Skip(4).Select(Filled)]));
                break;
            case "kill":
                await _nodes[words[1]].Node.Program.KillAsync();
                break;
            case "stop":
                _nodes[words[1]].Node.Program.Send(Signal.Terminate);
                _ = await _nodes[words[1]].Node.Program.ExitAsync();
                break;
            case "start":
                var (before, start) = _nodes[words[1]];
                _nodes[words[1]] = (await start(before), start);
                await before.DisposeAsync();
                break;
            case "wait":
                var parts = step.Text["wait ".Length..].Split(" => ");
                await UntilAsync(parts[0], parts[1]);
                break;
            case "until":
                await _beside!.UntilAsync(step.Text["until ".Length..]);
                break;
            case "interrupt":
                await _beside!.InterruptAsync();
                break;
            default:
                throw new FormatException($"line {step.Line}: ! {words[0]} is no step");
        }
    }

    private async Task StartAsync(string name, Func<NodeUnderTest?, Task<NodeUnderTest>> start) => _nodes.Add(name, (await start(null), start));

    // Null for a command that goes on beside.
    private async Task<IReadOnlyList<string>?> TypeAsync(string text, IEnumerable<string> typed)
    {
        if (text == "wait")
            return await _beside!.LinesAsync();
        if (!text.StartsWith("pbm", StringComparison.Ordinal))
            throw new FormatException($"$ {text}: only pbm and wait are typed");
        var goesOn = text.EndsWith(" &", StringComparison.Ordinal);
        var call = PbmCall.Start(Words(goesOn ? text[3..^2] : text[3..]), string.Join('\n', typed));
        if (!goesOn)
        {
            await using (call)
                return await call.LinesAsync();
        }

        if (_beside is not null)
            await _beside.DisposeAsync();
        _beside = call;
        return null;
    }

    private async Task UntilAsync(string command, string pattern)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await using var call = PbmCall.Start(Words(command), "");
            var lines = await call.LinesAsync();
            if (lines.Any(line => Regex.IsMatch(line, pattern, RegexOptions.None, TimeSpan.FromSeconds(5))))
                return;
            if (Stopwatch.GetElapsedTime(started) > ProgramUnderTest.Patience)
                throw new InvalidOperationException($"pbm {command} did not say /{pattern}/; last:\n{string.Join('\n', lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    // A node's name in the first place stands for its address; quotes hold words together, as in a shell.
    private string[] Words(string command)
    {
        var words = Regex.Matches(Filled(command), @"(?:[^\s""]|""[^""]*"")+", RegexOptions.None, TimeSpan.FromSeconds(5)).Select(match => match.Value.Replace("\"", "", StringComparison.Ordinal)).ToArray();
        if (words.Length > 0 && _nodes.TryGetValue(words[0], out var named))
            words[0] = named.Node.Pbm;
        return words;
    }

    private string Filled(string text)
    {
        text = text.Replace("{open}", _open.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{closed}", _closed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("<dir>", _folder.Path, StringComparison.Ordinal);
        return _nodes.Aggregate(text, (filled, node) => filled.Replace($"{{{node.Key}}}", node.Value.Node.Pbm, StringComparison.Ordinal));
    }

    private string Jobs(int count)
    {
        var jobs = new StringBuilder("[\n");
        for (var i = 1; i <= count; i++)
            jobs.Append(CultureInfo.InvariantCulture, $$"""{ "name": "job-{{i:00000}}", "service": "tcp", "host": "127.0.0.1", "port": {{_open.Port}}, "interval": "10m" },""").Append('\n');
        return jobs.Append("]\n").ToString();
    }

    private static int ClosedPort()
    {
        // Bound and not listening: it refuses, and nobody else gets it while the test runs.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => socket.Dispose();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>One run of pbm within the test's process: the program without its start.</summary>
    private sealed class PbmCall : IAsyncDisposable
    {
        private readonly CancellationTokenSource _interrupt = new(ProgramUnderTest.Patience, TimeProvider.System);
        private readonly SharedWriter _output = new();
        private readonly SharedWriter _error = new();
        private readonly Task<int> _run;

        private PbmCall(string[] words, string input) => _run = Task.Run(() => ShellProgram.RunAsync(words, new StringReader(input), _output, _error, _interrupt.Token));

        internal static PbmCall Start(string[] words, string input) => new(words, input);

        internal Task InterruptAsync() => _interrupt.CancelAsync();

        internal async Task UntilAsync(string pattern)
        {
            var started = Stopwatch.GetTimestamp();
            while (!Regex.IsMatch(_output.Text + _error.Text, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(5)))
            {
                if (_run.IsCompleted || Stopwatch.GetElapsedTime(started) > ProgramUnderTest.Patience)
                    throw new InvalidOperationException($"pbm did not say /{pattern}/ but:\n{_output.Text}\n{_error.Text}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        internal async Task<IReadOnlyList<string>> LinesAsync()
        {
            var exit = await _run.WaitAsync(ProgramUnderTest.Patience, TimeProvider.System);
            var lines = Lines(_output.Text).Concat(Lines(_error.Text).Select(line => "2> " + line));
            return [.. exit == 0 ? lines : lines.Append($"[exit {exit}]")];
        }

        public async ValueTask DisposeAsync()
        {
            await _interrupt.CancelAsync();
            _ = await _run.WaitAsync(ProgramUnderTest.Patience, TimeProvider.System);
            _interrupt.Dispose();
        }

        private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Length > 0);
    }

    /// <summary>A text that is read while it is written.</summary>
    private sealed class SharedWriter : StringWriter
    {
        private readonly Lock _lock = new();

        internal string Text
        {
            get
            {
                lock (_lock)
                    return ToString().ReplaceLineEndings("\n");
            }
        }

        public override void Write(char value)
        {
            lock (_lock)
                base.Write(value);
        }

        public override void Write(string? value)
        {
            lock (_lock)
                base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_lock)
                base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            lock (_lock)
                base.Write(buffer);
        }
    }
}
