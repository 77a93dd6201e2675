using System.Diagnostics;
using ActorMonitor.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Sqlite;

/// <summary>A disk that is full or may not be written, and is well again: a file system of its own in memory plays it.</summary>
public sealed class SqliteFaultTests
{
    private static readonly LaneKey Lane = Sample.Lane();
    private static readonly DateTimeOffset Noon = Sample.Noon;

    [SmallDiskFact]
    public async Task On_a_full_disk_nothing_is_half_written_and_the_same_store_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        var ballast = Path.Combine(disk.Folder, "ballast");
        await using var store = await SqliteStore.OpenAsync(disk.Folder, StoreSettings.Default, new ManualTime(Noon), default);
        await store.WriteAsync([new SetSchedule(Lane, new LaneSchedule(Noon, 1000, 0, TimeSpan.FromSeconds(10)))], default);
        var (next, refused) = (0, 0);
        for (var round = 0; round < 3; round++)
        {
            Fill(ballast);
            StoreFault? fault = null;
            for (var i = 0; i < 200 && fault is null; i++)
            {
                try
                {
                    await store.WriteAsync([.. Results(next, 50)], default);
                    next += 50;
                }
                catch (StoreException e)
                {
                    fault = e.Fault;
                    refused++;
                }
            }

            fault.ShouldBe(StoreFault.Full);
            (await Should.ThrowAsync<StoreException>(() => store.WriteAsync([.. Results(next, 2000)], default))).Fault.ShouldBe(StoreFault.Full);
            (await store.RecordsAsync(Lane, Noon, Noon.AddDays(1), 100_000, false, default)).Length.ShouldBe(next);

            File.Delete(ballast);
            (await store.WriteAsync([.. Results(next, 50)], default)).ShouldAllBe(effect => effect.Kind == EffectKind.Inserted);
            next += 50;
            (await Difference(store, next)).ShouldBe(0);
        }

        refused.ShouldBe(3);
    }

    [SmallDiskFact]
    public async Task A_store_that_may_not_be_written_says_so_and_goes_on_when_it_may()
    {
        using var disk = new SmallDisk();
        await using (var store = await SqliteStore.OpenAsync(disk.Folder, StoreSettings.Default, new ManualTime(Noon), default))
            await store.WriteAsync([new SetSchedule(Lane, new LaneSchedule(Noon, 1000, 0, TimeSpan.FromSeconds(10))), .. Results(0, 50)], default);

        disk.Mount("remount,ro");
        (await Should.ThrowAsync<StoreException>(() => SqliteStore.OpenAsync(disk.Folder, StoreSettings.Default, new ManualTime(Noon), default)))
            .Fault.ShouldBe(StoreFault.ReadOnly);
        disk.Mount("remount,rw");

        await using var again = await SqliteStore.OpenAsync(disk.Folder, StoreSettings.Default, new ManualTime(Noon), default);
        (await again.WriteAsync([.. Results(49, 2)], default)).Select(effect => effect.Kind).ShouldBe([EffectKind.Repeated, EffectKind.Inserted]);
        (await Difference(again, 51)).ShouldBe(0);
    }

    private static IEnumerable<StoreWrite> Results(int first, int count)
        => Enumerable.Range(first, count).Select(i => new KeepResult(Lane, Sample.Https(Lane, Noon.AddSeconds(i), i), 1));

    private static async Task<long> Difference(SqliteStore store, int count)
        => (await store.LedgerAsync(null, Noon.AddSeconds(count - 1), default)).Single().Difference;

    private static void Fill(string path)
    {
        using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // That was the last page.
        }
    }
}

/// <summary>A file system of a few megabytes, gone afterwards.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk()
    {
        Folder = Directory.CreateTempSubdirectory("disk-").FullName;
        Mount("size=8m");
    }

    public string Folder { get; }

    public static string? Obstacle { get; } = Probe();

    public void Mount(string options) => Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Folder);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux())
            return "there is no tmpfs to be filled";
        var folder = Directory.CreateTempSubdirectory("disk-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder);
            Run("umount", folder);
            return null;
        }
        catch (InvalidOperationException)
        {
            return "mounting a small disk needs root (CAP_SYS_ADMIN)";
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program}: {error}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Obstacle;
}
