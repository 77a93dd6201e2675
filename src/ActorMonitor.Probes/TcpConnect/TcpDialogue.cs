using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>Plays the steps of a check over a connection, each measured; the first that fails ends the check.</summary>
internal sealed class TcpDialogue(ProbeRun run, TcpWire wire, TlsPlan? tls)
{
    private const int CaptureLength = 512;

    private readonly Dictionary<string, string> _captures = new(StringComparer.Ordinal);

    // Whether the last text waited for left the rest of its line behind.
    private bool _isWithinLine;

    /// <summary>Plays all steps.</summary>
    /// <exception cref="TargetException">A step failed.</exception>
    public async Task PlayAsync(ImmutableArray<TcpStep> steps, CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var started = run.Elapsed;
            await PlayAsync(steps[i], i + 1, cancellationToken);
            if (steps[i].Expectation is { } name)
                run.Measure(name, run.Elapsed - started);
            else if (!steps[i].IsSetting)
                run.Measure("step", run.Elapsed - started, i + 1);
        }
    }

    private Task PlayAsync(TcpStep step, int number, CancellationToken cancellationToken) => step.Kind switch
    {
        TcpStepKind.Send => SendAsync(step, number, cancellationToken),
        TcpStepKind.Expect => ExpectAsync(step, number, cancellationToken),
        TcpStepKind.Match => MatchAsync(step, number, cancellationToken),
        TcpStepKind.Starttls => StarttlsAsync(number, cancellationToken),
        _ => CloseAsync(number, cancellationToken),
    };

    private async Task SendAsync(TcpStep step, int number, CancellationToken cancellationToken)
    {
        run.Waiting = step.IsSetting ? "sending" : $"sending in step {number}";

        // What came before is no answer to it.
        wire.Drop();
        _isWithinLine = false;
        await wire.SendAsync(step.Bytes!.Fill(_captures), cancellationToken);
    }

    private async Task ExpectAsync(TcpStep step, int number, CancellationToken cancellationToken)
    {
        var wanted = step.Bytes!.Fill(_captures);
        var shown = step.Expectation is null ? step.Text[(step.Text.IndexOf(' ', StringComparison.Ordinal) + 1)..] : step.Text;
        shown = step.IsHex ? shown : $"\"{shown}\"";
        run.Waiting = step.Expectation is { } name ? $"waiting for {shown} in the {name}" : $"waiting for {shown} in step {number}";
        var isFound = false;
        try
        {
            var searched = 0;
            int at;
            while ((at = wire.Unread[searched..].IndexOf(wanted)) < 0)
            {
                // The bytes may straddle two reads, so the next search begins where their first part could.
                searched = Math.Max(0, wire.Unread.Length - wanted.Length + 1);
                if (!await wire.MoreAsync(cancellationToken))
                    throw Missing(step, number, $"contain {shown}");
            }

            isFound = true;
            Take(step, searched + at + wanted.Length, isWithinLine: !step.IsHex && !wanted.AsSpan().EndsWith("\n"u8));
        }
        finally
        {
            if (!isFound)
                NoteHeard(step);
        }
    }

    private void Take(TcpStep step, int count, bool isWithinLine)
    {
        if (step.Expectation is not null)
            NoteHeard(step);
        wire.Take(count);
        _isWithinLine = isWithinLine;
    }

    private async Task MatchAsync(TcpStep step, int number, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for a line that matches {step.Pattern} in step {number}";
        var searched = 0;
        var isFound = false;
        try
        {
            while (true)
            {
                var end = wire.Unread[searched..].IndexOf((byte)'\n');
                var isLine = end >= 0;
                if (!isLine && !wire.IsClosed && !wire.IsFull && await wire.MoreAsync(cancellationToken))
                    continue;

                // The last words of a peer count without a line's end.
                var line = Encoding.UTF8.GetString(isLine ? wire.Unread.Slice(searched, end) : wire.Unread[searched..]).TrimEnd('\r');
                isFound = (isLine || wire.IsClosed) && Matches(step, line);
                searched = isLine ? searched + end + 1 : wire.Unread.Length;
                if (isFound)
                {
                    Take(step, searched, isWithinLine: false);
                    return;
                }

                if (!isLine)
                    throw Missing(step, number, $"match {step.Pattern}");
            }
        }
        finally
        {
            if (!isFound)
                NoteHeard(step);
        }
    }

    private bool Matches(TcpStep step, string line)
    {
        Match match;
        try
        {
            match = step.Pattern!.Match(line);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new TargetException(Outcome.Unknown, Cause.Timeout, $"a line could not be matched with {step.Pattern} within {DurationText.Print(step.Pattern!.MatchTimeout)}");
        }

        if (!match.Success)
            return false;
        foreach (var name in step.Captures)
        {
            var value = match.Groups[name].Value;
            _captures[name] = value.Length > CaptureLength ? value[..CaptureLength] : value;
            run.Note($"capture.{name}", value);
        }

        return true;
    }

    private async Task StarttlsAsync(int number, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for the end of the line before step {number} (starttls)";
        if (_isWithinLine && !wire.Unread.IsEmpty)
            _ = await wire.LineAsync(cancellationToken);
        wire.RefuseUnprotected();
        await wire.StartTlsAsync(tls!, cancellationToken);
    }

    private async Task CloseAsync(int number, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for the peer to close in step {number}";
        while (await wire.MoreAsync(cancellationToken))
            continue;
        if (!wire.IsClosed)
            throw new TargetException(Outcome.Unknown, Cause.Oversize, $"the peer sent {TcpWire.MaxUnread} bytes in step {number} and did not close; no more are read");
    }

    private TargetException Missing(TcpStep step, int number, string what)
    {
        var (name, where) = step.Expectation is { } expectation ? (expectation, "") : ("answer", $" in step {number}");
        if (!wire.IsClosed)
            return new TargetException(Outcome.Unknown, Cause.Oversize, $"the first {TcpWire.MaxUnread} bytes of the {name} do not {what}{where}, and no more are read");
        if (wire.Unread.IsEmpty)
            return new TargetException(Outcome.Down, Cause.ConnectionClosed, $"the peer closed the connection without a{(name[0] == 'a' ? "n" : "")} {name}{where}");
        var message = $"the peer closed the connection{where}; its {name} of {wire.Unread.Length} bytes does not {what}: {TcpWire.Evidence(wire.Unread, step.IsHex)}";
        return new TargetException(Outcome.Down, Cause.ExpectationFailed, message);
    }

    private void NoteHeard(TcpStep step)
    {
        if (!wire.Unread.IsEmpty)
            run.Note($"tcp.{step.Expectation ?? "heard"}", Encoding.UTF8.GetString(wire.Unread[..Math.Min(wire.Unread.Length, 256)]));
    }
}
