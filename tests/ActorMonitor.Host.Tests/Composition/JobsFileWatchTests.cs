using ActorMonitor.Host.Composition;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.Composition;

public sealed class JobsFileWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actormonitor-watch-");
    private readonly SemaphoreSlim _called = new(0);
    private readonly List<string> _read = [];

    private string File1 => Path.Combine(_folder.FullName, "jobs.json");

    public void Dispose()
    {
        _called.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(0.1)]
    public async Task It_calls_once_for_the_start_and_once_for_each_change_however_an_editor_makes_it(double lookSeconds)
    {
        File.WriteAllText(File1, "0");
        await using var watch = new JobsFileWatch(() => File1, Read, TimeProvider.System, TimeSpan.FromSeconds(lookSeconds));
        await Called("0");

        File.WriteAllText(File1, "written in its place");
        await Called("written in its place");

        File.WriteAllText(File1 + ".new", "renamed");
        File.Move(File1 + ".new", File1, overwrite: true);
        await Called("renamed");

        File.Delete(File1);
        File.WriteAllText(File1, "made anew");
        await Called("made anew");
    }

    [Fact]
    public async Task A_link_whose_target_is_exchanged_is_found_by_looking()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "v1"));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "v2"));
        File.WriteAllText(Path.Combine(_folder.FullName, "v1", "jobs.json"), "one");
        File.WriteAllText(Path.Combine(_folder.FullName, "v2", "jobs.json"), "two");
        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "v2", "jobs.json"), new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc));
        var data = Path.Combine(_folder.FullName, "data");
        Directory.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(File1, Path.Combine("data", "jobs.json"));
        await using var watch = new JobsFileWatch(() => File1, Read, TimeProvider.System, TimeSpan.FromMilliseconds(100));
        await Called("one");

        // As volumes of configuration are exchanged: the folder that the file is reached by is another one.
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "v2");

        await Called("two");
    }

    [Fact]
    public async Task What_could_not_be_applied_is_called_again()
    {
        File.WriteAllText(File1, "0");
        var calls = 0;
        await using var watch = new JobsFileWatch(() => File1, _ => Task.FromResult(++calls > 2 && _called.Release() >= 0), TimeProvider.System, TimeSpan.FromMilliseconds(50));

        (await _called.WaitAsync(Patience)).ShouldBeTrue();
        calls.ShouldBe(3);
    }

    private Task<bool> Read(CancellationToken cancellationToken)
    {
        lock (_read)
            _read.Add(File.Exists(File1) ? File.ReadAllText(File1) : "");
        _called.Release();
        return Task.FromResult(true);
    }

    // A slow machine may show more than one step of a change; the last one has to come.
    private async Task Called(string last)
    {
        while (true)
        {
            (await _called.WaitAsync(Patience)).ShouldBeTrue($"the file was not read as \"{last}\"");
            lock (_read)
            {
                if (_read[^1] == last)
                    return;
            }
        }
    }
}
