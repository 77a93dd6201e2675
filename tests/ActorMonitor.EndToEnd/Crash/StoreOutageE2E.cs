using System.Text.Json.Nodes;
using ActorMonitor.EndToEnd.Crash.Harness;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.EndToEnd.Crash;

/// <summary>A manager that cannot write its store, or finds it damaged: monitors go on, and it is itself again when the cause has gone.</summary>
public sealed class StoreOutageE2E(ITestOutputHelper output)
{
    private const int Jobs = 100;
    private const string Damage = "store-damage";
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WellWithin = TimeSpan.FromSeconds(10);

    [DiskFact]
    public async Task A_manager_with_a_full_disk_says_so_and_goes_on_where_it_was_when_there_is_room()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = Jobs, ManagerDiskMebibytes = 32 });

        pair.ManagerDisk!.Fill();
        var wrong = await NodePair.UnhealthyAsync(pair.ManagerPbm, "store", NoticedWithin);
        Message(wrong).ShouldContain("full", Case.Insensitive);
        _ = await pair.Manager.Program.LineAsync(@"\[health\] \[False\] \[store: .*full");
        await pair.Target.MoreAsync(Jobs * 3, TimeSpan.FromSeconds(10));
        (await PbmCalls.RowsAsync(pair.ManagerPbm, "monitors", "list")).ShouldHaveSingleItem()["state"]!.GetValue<string>().ShouldBe("up");

        pair.ManagerDisk.Free();
        output.WriteLine($"well again after {await pair.RecoveredAsync(WellWithin)}");
        _ = await pair.Manager.Program.LineAsync(@"\[health\] \[True\] \[store: ");
        await SettledAsync(pair);
    }

    [DiskFact]
    public async Task A_manager_whose_store_is_read_only_says_so_and_goes_on_when_it_can_be_written()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = Jobs });
        await pair.EndManagerAsync();

        using (HeldMount.ReadOnly(StoreSnapshot.FileOf(pair.ManagerData)))
        {
            await pair.StartManagerAsync();
            var wrong = await NodePair.UnhealthyAsync(pair.ManagerPbm, "store", NoticedWithin);
            Message(wrong).ShouldContain("may not be written");
            await pair.Target.MoreAsync(Jobs * 3, TimeSpan.FromSeconds(10));
        }

        output.WriteLine($"well again after {await pair.RecoveredAsync(WellWithin)}");
        await SettledAsync(pair);
    }

    [Fact]
    public async Task A_torn_end_of_the_stores_log_costs_nothing_that_was_acknowledged()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = Jobs, IsProxied = true });
        var log = StoreSnapshot.FileOf(pair.ManagerData) + "-wal";

        // What a power cut tears off has not been synced, so nobody has been told that it is stored. Here everything is
        // written in the end, so the acknowledgements are held up instead: what is written after that may be torn off.
        pair.ToMonitor!.Stall(forth: true, back: false);
        pair.ToManager!.Stall(forth: false, back: true);
        var before = WalFile.Read(log);
        _ = await Until.TrueAsync(() => WalFile.Read(log) is var now && (now.Salts != before.Salts || now.End > before.End), TimeSpan.FromSeconds(3), () => "nothing was written to the store");
        before = WalFile.Read(log);
        _ = await Until.TrueAsync(
            () => WalFile.Read(log) is var now && (now.Salts != before.Salts || now.End > before.End + 100_000), TimeSpan.FromSeconds(3), () => "nothing was written to the store");
        await pair.EndManagerAsync();
        pair.ToMonitor.Cut();
        pair.ToManager.Cut();
        var after = WalFile.Read(log);
        var from = after.Salts == before.Salts ? before.End : WalFile.HeaderBytes;
        var at = from + (long)((after.End - from) * new Random(4711).NextDouble());
        WalFile.Cut(log, at);

        pair.ToMonitor.Restore();
        pair.ToManager.Restore();
        await pair.StartManagerAsync();
        output.WriteLine($"cut at {at} of {from} to {after.End}; well again after {await pair.RecoveredAsync(TimeSpan.FromSeconds(20))}");
        (await NodePair.HealthAsync(pair.ManagerPbm)).ShouldAllBe(row => NodePair.IsOk(row));
        await SettledAsync(pair);
    }

    [Fact]
    public async Task A_damaged_store_is_found_at_the_start_set_aside_and_what_it_held_is_recorded_as_lost()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = Jobs, KeepsJournals = false });

        // So that of every lane slots lie between the making of the store and its last beat.
        await pair.Target.MoreAsync(Jobs * 4, TimeSpan.FromSeconds(20));
        await pair.EndManagerAsync(Signal.Terminate);
        var file = StoreSnapshot.FileOf(pair.ManagerData);
        StoreSnapshot.DamagePages(file, new Random(4711));

        await pair.StartManagerAsync();
        var wrong = await NodePair.UnhealthyAsync(pair.ManagerPbm, Damage, NoticedWithin);
        _ = await pair.Manager.Program.LineAsync(@"\[health\] \[False\] \[store-damage: ");
        var aside = Directory.GetFiles(Path.GetDirectoryName(file)!, "store.db.damaged-*Z").ShouldHaveSingleItem();
        Message(wrong).ShouldContain(Path.GetFileName(aside));
        output.WriteLine($"{wrong.ToJsonString()}\nwell again after {await pair.RecoveredAsync(WellWithin, staysRed: Damage)}");
        await pair.Target.MoreAsync(Jobs * 2, TimeSpan.FromSeconds(10));

        // It stays red until somebody has looked, and what was in the damaged file is not forgotten, but counted.
        (await NodePair.HealthAsync(pair.ManagerPbm)).ShouldContain(row => !NodePair.IsOk(row));
        var books = await LedgerCheck.RunAsync(pair.Books);
        output.WriteLine(books.ToString());
        (await PbmCalls.RowsAsync(pair.ManagerPbm, "ledger")).ShouldAllBe(row => row["difference"]!.GetValue<long>() == 0 && row["lost"]!.GetValue<long>() > 0);
        _ = await PbmCalls.RowsAsync(pair.ManagerPbm, "health", "--clear", Damage);
        (await NodePair.HealthAsync(pair.ManagerPbm)).ShouldAllBe(row => NodePair.IsOk(row));
    }

    private static string Message(JsonObject check) => check["message"]!.GetValue<string>();

    private async Task SettledAsync(NodePair pair)
    {
        var end = await pair.SettledAsync();
        output.WriteLine($"in the end: {end}");
        end.Findings.ShouldBeEmpty(end.ToString());
    }
}
