using System.Diagnostics;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

public class DiskTests
{
    private static readonly JournalSettings Settings = JournalFolder.Small with { MaxBytes = 1024 * 1024, MemoryBytes = 32 * 1024 };

    [SmallDiskFact]
    public void On_a_full_disk_results_are_delivered_from_memory_and_the_journal_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using var journal = folder.Open(Settings);
        var outbox = new Outbox(journal) { CreditBytes = long.MaxValue };
        var id = journal.Id;
        var n = 0;
        for (; n < 100; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        disk.Fill();
        var filled = n;
        for (; journal.IsHealthy; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        (n - filled).ShouldBeLessThan(200);
        journal.Failure.ShouldNotBeNullOrEmpty();
        journal.Grant(JournalFolder.Grant("granted-while-full"));
        var more = n + 50;
        for (; n < more; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));

        var delivered = Deliver(outbox);
        delivered.OfType<ResultEntry>().Select(entry => entry.Result.Slot.DueUnixMilliseconds / 1000).Order().ShouldBe(Enumerable.Range(0, n).Select(each => (long)each));

        disk.Free();
        folder.Time.Advance(TimeSpan.FromMilliseconds(500));
        outbox.Expire(folder.Time.Microseconds);
        journal.IsHealthy.ShouldBeTrue();
        journal.Failure.ShouldBeNull();
        using var copy = folder.Copy();
        using var again = copy.Open(Settings);
        JournalFolder.Drain(again).OfType<ResultEntry>().Count().ShouldBe(n);
        again.Recovery.Grants.Keys.ShouldContain(new JobId("granted-while-full"));
        (again.Id, again.Recovery.Damage).ShouldBe((id, null));
    }

    [SmallDiskFact]
    public void What_memory_cannot_hold_while_the_disk_is_full_becomes_one_Dropped_a_job()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using var journal = folder.Open(Settings);
        disk.Fill();
        const int results = 5000;
        for (var n = 0; n < results; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n, $"job-{n % 7}"));
        journal.IsHealthy.ShouldBeFalse();
        journal.Dropped.ShouldBeGreaterThan(3000);

        disk.Free();
        folder.Time.Advance(TimeSpan.FromMilliseconds(500));
        journal.Tick();

        journal.IsHealthy.ShouldBeTrue();
        using var copy = folder.Copy();
        using var again = copy.Open(Settings);
        foreach (var entries in new[] { JournalFolder.Drain(journal), JournalFolder.Drain(again) })
        {
            entries.OfType<DroppedEntry>().Count().ShouldBe(7);
            (entries.OfType<DroppedEntry>().Sum(entry => entry.Count) + entries.OfType<ResultEntry>().Count()).ShouldBe(results);
        }
    }

    [SmallDiskFact]
    public void A_Dropped_is_delivered_though_the_disk_stays_full()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using var journal = folder.Open(Settings);
        var outbox = new Outbox(journal) { CreditBytes = long.MaxValue };
        disk.Fill();
        const int results = 3000;
        for (var n = 0; n < results; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n, $"job-{n % 3}"));

        long accounted = 0;
        for (var round = 0; round < 100 && (outbox.Count > 0 || accounted < results); round++)
        {
            foreach (var entry in Deliver(outbox))
            {
                accounted += entry is DroppedEntry dropped ? dropped.Count : 1;
                outbox.Acknowledged(new SeqRange(entry.Seq, entry.Seq)).ShouldBe(1);
            }
        }

        accounted.ShouldBe(results);
        journal.IsHealthy.ShouldBeFalse();
    }

    [SmallDiskFact]
    public void No_seq_that_was_given_while_the_disk_was_full_is_given_again_after_a_kill()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using var journal = folder.Open(Settings);
        disk.Fill();
        var given = new HashSet<(OutboxId, long)>();
        for (var n = 0; n < 1000; n++)
            given.Add((journal.Id, journal.Completed(new Epoch(1), 1, JournalFolder.Result(n)))).ShouldBeTrue();

        // Killed, and started while the disk is still full, but for what may be left of its last page.
        for (var start = 0; start < 100; start++)
        {
            using var again = folder.Open(Settings);
            given.Add((again.Id, again.Completed(new Epoch(1), 1, JournalFolder.Result(2000)))).ShouldBeTrue();
            again.IsHealthy.ShouldBeFalse();
        }

        given.Select(each => each.Item1).Distinct().Count().ShouldBeGreaterThan(2);
        disk.Free();
        using var healthy = folder.Open(Settings);
        healthy.Id.ShouldBe(journal.Id);
        given.Add((healthy.Id, healthy.Completed(new Epoch(1), 1, JournalFolder.Result(2000)))).ShouldBeTrue();
        healthy.IsHealthy.ShouldBeTrue();
    }

    [SmallDiskFact]
    public void A_disk_that_fills_and_empties_at_random_loses_no_result_uncounted()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            using var disk = new SmallDisk();
            using var folder = disk.Folder();
            using var journal = folder.Open(Settings);
            var outbox = new Outbox(journal) { CreditBytes = 20_000 };
            var (results, stored, unhealthy) = (0, 0L, 0);
            for (var step = 0; step < 300; step++)
            {
                switch (random.Next(12))
                {
                    case 0:
                        disk.Fill(random.Next(20_000));
                        break;
                    case 1:
                        disk.Free();
                        folder.Time.Advance(TimeSpan.FromSeconds(1));
                        outbox.Expire(folder.Time.Microseconds);
                        break;
                    case 2:
                        foreach (var entry in Deliver(outbox))
                        {
                            if (outbox.Acknowledged(new SeqRange(entry.Seq, entry.Seq)) == 1)
                                stored += entry is DroppedEntry dropped ? dropped.Count : 1;
                        }

                        break;
                    case 3:
                        outbox.Reconnected();
                        outbox.CreditBytes = 20_000;
                        break;
                    default:
                        for (var n = random.Next(60); n > 0; n--)
                            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(++results, $"job-{results % 5}"));
                        unhealthy += journal.IsHealthy ? 0 : 1;
                        break;
                }
            }

            disk.Free();
            folder.Time.Advance(TimeSpan.FromSeconds(1));
            journal.Tick();
            journal.IsHealthy.ShouldBeTrue();
            unhealthy.ShouldBeGreaterThan(0);
            using var copy = folder.Copy();
            using var again = copy.Open(Settings);
            var left = JournalFolder.Drain(again);
            (stored + left.OfType<ResultEntry>().Count() + left.OfType<DroppedEntry>().Sum(entry => entry.Count)).ShouldBe(results, $"seed {seed}");
        }
    }

    [SmallDiskFact]
    public void A_read_only_folder_is_read_told_and_written_again_when_it_may_be()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using (var journal = folder.Open(Settings))
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));
        disk.Remount("ro");

        using var again = folder.Open(Settings);
        again.IsHealthy.ShouldBeFalse();
        again.Failure.ShouldNotBeNullOrEmpty();
        _ = again.Completed(new Epoch(1), 1, JournalFolder.Result(2));
        JournalFolder.Drain(again).Count.ShouldBe(2);

        disk.Remount("rw");
        again.Tick();
        again.IsHealthy.ShouldBeFalse();
        folder.Time.Advance(TimeSpan.FromMilliseconds(500));
        again.Tick();
        again.IsHealthy.ShouldBeTrue();
        using var copy = folder.Copy();
        using var after = copy.Open(Settings);
        after.Id.ShouldBe(again.Id);
        JournalFolder.Drain(after).Count.ShouldBe(2);
    }

    [SmallDiskFact]
    public void When_too_many_seqs_are_unknown_to_the_disk_results_are_counted_and_get_none()
    {
        using var disk = new SmallDisk();
        using var folder = disk.Folder();
        using var journal = folder.Open(Settings with { UnknownSeqs = 100 });
        disk.Fill();
        for (var n = 0; n < 300; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        journal.Completed(new Epoch(1), 1, JournalFolder.Result(300)).ShouldBe(0);

        disk.Free();
        folder.Time.Advance(TimeSpan.FromSeconds(1));
        journal.Tick();

        var entries = JournalFolder.Drain(journal);
        (entries.OfType<ResultEntry>().Count() + entries.OfType<DroppedEntry>().Sum(entry => entry.Count)).ShouldBe(301);
    }

    private static List<OutboxEntry> Deliver(Outbox outbox)
    {
        var entries = new List<OutboxEntry>();
        while (outbox.TryNext(0, out var entry))
            entries.Add(entry);
        return entries;
    }
}

/// <summary>A disk of a few hundred KiB, which needs the right to mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"small-disk-{Guid.NewGuid():N}");

    public SmallDisk()
    {
        _ = Directory.CreateDirectory(_path);
        if (!TryRun("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", _path))
        {
            Directory.Delete(_path);
            throw new InvalidOperationException("no disk could be mounted");
        }
    }

    public static string? Obstacle
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return "a disk of a few KiB is made by mounting a tmpfs, which only Linux has";
            try
            {
                new SmallDisk().Dispose();
                return null;
            }
            catch (InvalidOperationException)
            {
                return "a tmpfs cannot be mounted here: that needs root";
            }
        }
    }

    public JournalFolder Folder() => new(Path.Combine(_path, "journal"));

    /// <summary>Leaves so many bytes, about.</summary>
    public void Fill(int left = 0)
    {
        using var file = new FileStream(Path.Combine(_path, "filler"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 1);
        _ = file.Seek(0, SeekOrigin.End);
        try
        {
            for (var page = new byte[4096]; ;)
                file.Write(page);
        }
        catch (IOException)
        {
            // It is full.
        }

        file.SetLength(Math.Max(0, file.Length - left));
    }

    public void Free() => File.Delete(Path.Combine(_path, "filler"));

    public void Remount(string how) => TryRun("mount", "-o", $"remount,{how}", _path);

    public void Dispose()
    {
        Remount("rw");
        _ = TryRun("umount", "-l", _path);
        Directory.Delete(_path, recursive: true);
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Obstacle;
}
