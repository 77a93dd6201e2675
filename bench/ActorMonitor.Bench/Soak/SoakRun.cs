using ActorMonitor.Bench.Load;
using Akka.Actor;

namespace ActorMonitor.Bench.Soak;

/// <summary>
/// Two processes with a proxy in either direction between them. Every round the link is cut and restored a few times under load; at
/// its end the senders stop and the accounts of both sides are compared and written down. A run that was interrupted goes on
/// after the last round in its results.
/// </summary>
internal static class SoakRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DownTime = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(Options options)
    {
        var rounds = options.Number("minutes", 5, max: 100_000);
        var pairs = options.Number("pairs", 30, max: 1000);
        var cuts = options.Number("cuts", 50, min: 0);
        var roundTime = TimeSpan.FromSeconds(options.Number("round-seconds", 60, max: 3600));
        var file = options.Text("results", Path.Combine("artifacts", "soak", "remoting.jsonl"));
        var isFresh = options.Flag("fresh");
        options.End();
        if (cuts / rounds * 3 > roundTime.TotalSeconds)
            throw new UsageException("A cut takes up to three seconds: take fewer cuts or more minutes.");

        if (isFresh)
            File.Delete(file);

        var done = SoakRecord.ReadAll(file).Count;
        Console.WriteLine($"soak: {rounds} rounds of {roundTime.TotalSeconds:0} s, {pairs} pairs, {cuts} cuts; {done} rounds are done, results in {file}");
        if (done < rounds)
            await RunRoundsAsync(done, rounds, pairs, cuts, roundTime, file);

        var records = SoakRecord.ReadAll(file);
        var complaints = SoakRecord.Complaints(records);
        foreach (var complaint in complaints)
            Console.WriteLine($"soak: {complaint}");

        // Accounts run on while the processes live: the last round of each pair of processes has all of it.
        var ends = records.GroupBy(record => record.Processes).Select(run => run.Last()).ToArray();
        Console.WriteLine(
            $"soak {(complaints.Count == 0 ? "holds" : "FAILED")}: {records.Count} rounds, {ends.Sum(one => one.Cuts)} cuts, {pairs} pairs, "
            + $"sent {ends.Sum(one => one.Sent)} = received {ends.Sum(one => one.Received)} + gaps {ends.Sum(one => one.Gaps)}, results in {file}");
        return complaints.Count == 0 ? 0 : 1;
    }

    /// <summary>A system that listens on one port and is known by another one, the proxy's.</summary>
    public static ActorSystem System(string name, int port, int publicPort) => LoadSystem.Remote(
        name,
        $$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.remote {
          retry-gate-closed-for = 300 ms
          dot-netty.tcp { port = {{port}}, public-hostname = "127.0.0.1", public-port = {{publicPort}} }
        }
        """);

    private static async Task RunRoundsAsync(int done, int rounds, int pairs, int cuts, TimeSpan roundTime, string file)
    {
        var clock = TimeProvider.System;
        var senderPort = CuttableProxy.FreePort();
        var receiverPort = CuttableProxy.FreePort();
        await using var toSender = new CuttableProxy(senderPort);
        await using var toReceiver = new CuttableProxy(receiverPort);
        await using var child = ChildProcess.Start(
            SoakReceiver.Command, "--pairs", $"{pairs}", "--port", $"{receiverPort}", "--public-port", $"{toReceiver.Port}");
        var address = await child.ReadAsync();
        using var system = System("sender", senderPort, toSender.Port);
        var senders = new List<IActorRef>();
        for (var i = 0; i < pairs; i++)
        {
            var pair = i;
            var receiver = await system.ActorSelection($"{address}/user/pair-{pair}").ResolveOne(TimeSpan.FromSeconds(10));
            senders.Add(system.ActorOf(Props.Create(() => new SoakSender(pair, receiver)), $"pair-{pair}"));
        }

        var processes = Guid.NewGuid();
        var cutsDone = 0;
        for (var round = done; round < rounds; round++)
        {
            foreach (var sender in senders)
                sender.Tell(SoakSender.Go.Instance, ActorRefs.NoSender);

            var cutsNow = ((round + 1) * cuts / rounds) - (round * cuts / rounds);
            var slice = roundTime / (cutsNow + 1);
            for (var i = 0; i < cutsNow; i++)
            {
                await Task.Delay(slice - (DownTime * 2), clock);
                await CutAsync(toSender, toReceiver, withStall: i % 2 == 1, clock);
                cutsDone++;
            }

            await Task.Delay(slice, clock);
            var record = await SettleAsync(senders, child, new SoakRecord(round + 1, processes, clock.GetUtcNow(), pairs, cutsDone, 0, 0, 0, 0, 0, 0, 0, 0));
            record.AppendTo(file);
            Console.WriteLine($"soak {record}");
        }

        await system.Terminate();
    }

    private static async Task CutAsync(CuttableProxy one, CuttableProxy other, bool withStall, TimeProvider clock)
    {
        if (withStall)
        {
            one.Stall();
            other.Stall();
            await Task.Delay(DownTime, clock);
        }

        one.Cut();
        other.Cut();
        await Task.Delay(withStall ? DownTime : DownTime * 2, clock);
        one.Restore();
        other.Restore();
    }

    private static async Task<SoakRecord> SettleAsync(List<IActorRef> senders, ChildProcess child, SoakRecord record)
    {
        var accounts = await Task.WhenAll(senders.Select(sender => sender.Ask<SoakSender.Account>(SoakSender.Settle.Instance, Patience)));
        var other = MemoryUse.Parse(await child.AskAsync("memory"));
        var own = MemoryUse.Now();
        return record with
        {
            Sent = accounts.Sum(one => one.Sent),
            Received = accounts.Sum(one => one.Receiver.Received),
            Gaps = accounts.Sum(one => one.Receiver.Gaps),
            Disorder = accounts.Sum(one => one.Receiver.Disorder + one.AnswerDisorder),
            SenderLiveBytes = own.LiveBytes,
            SenderResidentBytes = own.ResidentBytes,
            ReceiverLiveBytes = other.LiveBytes,
            ReceiverResidentBytes = other.ResidentBytes,
        };
    }
}
