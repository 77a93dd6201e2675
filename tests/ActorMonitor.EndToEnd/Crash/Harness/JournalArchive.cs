using System.Runtime.InteropServices;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// All that was ever written to a monitor's journals, read from outside. Each file gets a second name at once, so that it stays when
/// the monitor deletes it; files only grow, so each is read on from where it was left.
/// </summary>
internal sealed partial class JournalArchive : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly string _journals;
    private readonly string _kept;
    private readonly Dictionary<string, long> _readTo = new(StringComparer.Ordinal);
    private readonly JournalAccount _account = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _looking;

    /// <summary>Begins to keep.</summary>
    /// <param name="journals">The folder with a folder for each manager.</param>
    /// <param name="kept">Where second names go: on the same disk.</param>
    /// <param name="keepsAll">Whether files get one.</param>
    internal JournalArchive(string journals, string kept, bool keepsAll)
    {
        (_journals, _kept, KeepsAll) = (journals, kept, keepsAll);
        _looking = keepsAll ? LookAsync() : Task.CompletedTask;
    }

    internal bool KeepsAll { get; }

    /// <summary>The account of everything written so far; it grows with the next call.</summary>
    internal JournalAccount Read()
    {
        lock (_lock)
        {
            if (!KeepsAll)
                throw new InvalidOperationException("the journals are not kept");
            Keep();
            foreach (var file in (Directory.Exists(_kept) ? Directory.GetFiles(_kept) : []).Order(StringComparer.Ordinal))
                _readTo[file] = JournalFile.Read(file, _readTo.GetValueOrDefault(file), _account);
            return _account;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        _stopping.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                lock (_lock)
                    Keep();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Keep()
    {
        if (!Directory.Exists(_journals))
            return;
        _ = Directory.CreateDirectory(_kept);
        foreach (var folder in Directory.GetDirectories(_journals))
        {
            foreach (var file in Directory.GetFiles(folder, JournalFile.Pattern))
            {
                var name = Path.Combine(_kept, $"{Path.GetFileName(folder)}-{Path.GetFileName(file)}");
                if (!File.Exists(name) && Link(file, name) != 0 && File.Exists(file))
                    throw new InvalidOperationException($"no second name for {file} (error {Marshal.GetLastPInvokeError()})");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string newPath);
}
