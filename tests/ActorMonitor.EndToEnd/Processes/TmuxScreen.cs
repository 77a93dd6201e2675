using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>
/// A real terminal with a program in it: tmux on a socket of its own. Keys go in, what stands on the screen comes out.
/// When the program has ended, the screen says <c>exit CODE</c>. Disposing it ends the tmux server.
/// </summary>
internal sealed class TmuxScreen : IAsyncDisposable
{
    // The shell outlives Ctrl+C to say how the program ended, and stays so that the screen does.
    private const string Script = "trap : INT; \"$@\"; echo \"exit $?\"; exec cat";

    private readonly string _socket = $"actormonitor-{Guid.NewGuid():N}";
    private readonly TestFolder _folder;

    private TmuxScreen(TestFolder folder) => _folder = folder;

    /// <summary>Why there is no tmux; null when there is.</summary>
    internal static string? Obstacle { get; } = Find("tmux") ? null : "tmux is not installed";

    /// <summary>Starts pbm on a screen of this size.</summary>
    internal static async Task<TmuxScreen> PbmAsync(TestFolder folder, int columns, int rows, params string[] arguments)
    {
        var screen = new TmuxScreen(folder);
        string[] command = ["/bin/sh", "-c", Script, "sh", Programs.Dotnet, Programs.Pbm, .. arguments];
        await screen.TmuxAsync(["-f", "/dev/null", "-u", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", string.Join(' ', command.Select(Quoted))]);
        return screen;
    }

    /// <summary>Types a text as it is.</summary>
    internal Task TypeAsync(string text) => TmuxAsync(["send-keys", "-l", "--", text]);

    /// <summary>Presses keys by tmux's names for them: Enter, Tab, Up, C-c.</summary>
    internal Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    internal Task ResizeAsync(int columns, int rows) => TmuxAsync(["resize-window", "-x", $"{columns}", "-y", $"{rows}"]);

    /// <summary>What is on the screen.</summary>
    internal async Task<string> TextAsync() => (await TmuxAsync(["capture-pane", "-p"])).TrimEnd();

    /// <summary>The same with its colours.</summary>
    internal async Task<string> ColouredAsync() => (await TmuxAsync(["capture-pane", "-p", "-e"])).TrimEnd();

    /// <summary>Waits until the screen matches.</summary>
    /// <returns>The screen.</returns>
    internal async Task<string> UntilAsync(string pattern)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var text = await TextAsync();
            if (Regex.IsMatch(text, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(5)))
                return text;
            if (Stopwatch.GetElapsedTime(started) > ProgramUnderTest.Patience)
                throw new InvalidOperationException($"The screen did not show /{pattern}/ within {ProgramUnderTest.Patience.TotalSeconds} s:\n{text}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await TmuxAsync(["kill-server"]);
        }
        catch (InvalidOperationException)
        {
            // It had not begun, or has ended already.
        }
    }

    private async Task<string> TmuxAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        foreach (var argument in arguments.Prepend(_socket).Prepend("-L"))
            start.ArgumentList.Add(argument);

        // The server's environment is that of who starts it.
        start.Environment["XDG_STATE_HOME"] = _folder.Path;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("NO_COLOR");
        start.Environment.Remove("TMUX");
        using var tmux = Process.Start(start)!;
        using var bound = new CancellationTokenSource(ProgramUnderTest.Patience, TimeProvider.System);
        var error = tmux.StandardError.ReadToEndAsync(bound.Token);
        var output = await tmux.StandardOutput.ReadToEndAsync(bound.Token);
        await tmux.WaitForExitAsync(bound.Token);
        return tmux.ExitCode == 0 ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)} ended with {tmux.ExitCode}: {await error}");
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));
}

/// <summary>A test at a real terminal; skipped where there is no tmux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmuxFactAttribute : FactAttribute
{
    public TmuxFactAttribute() => Skip = TmuxScreen.Obstacle;
}
