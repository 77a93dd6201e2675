using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// Asks name servers for addresses. A server that stays silent for a second is not waited for alone: the next one is asked
/// beside it. One that was silent of late is asked after the others.
/// </summary>
internal sealed class StubResolver(INameServerChannel channel, TimeProvider time)
{
    /// <summary>How long a server is asked alone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>For how long a server that was silent comes last.</summary>
    public static readonly TimeSpan Distrust = TimeSpan.FromSeconds(30);

    /// <summary>How long it holds, beside addresses that are known, that there are none, when the server does not say.</summary>
    public static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(30);

    private const int MostDistrusted = 1024;

    private readonly ConcurrentDictionary<IPEndPoint, long> _silent = new();
    private int _turn;

    /// <summary>The addresses of a full name, of either family or of both, which are asked for at a time.</summary>
    public async Task<NameAnswer> AskAsync(NameServers servers, DnsName name, bool ipv4, bool ipv6, CancellationToken cancellationToken)
    {
        var first = ipv4 ? AskAsync(servers, name, DnsType.A, cancellationToken) : null;
        var second = ipv6 ? AskAsync(servers, name, DnsType.AAAA, cancellationToken) : null;
        var a = first is null ? null : await first;
        var aaaa = second is null ? null : await second;
        return a is null ? aaaa!.ToAnswer() : aaaa is null ? a.ToAnswer() : Both(a, aaaa);
    }

    // One family's failure is no reason to keep the other's addresses back, but one not to keep them for long.
    private static NameAnswer Both(Found a, Found aaaa)
    {
        var addresses = a.Addresses.AddRange(aaaa.Addresses);
        if (a.State != NameState.Failed && aaaa.State != NameState.Failed)
        {
            var state = addresses.IsEmpty ? a.State == NameState.NoName && aaaa.State == NameState.NoName ? NameState.NoName : NameState.NoAddress : NameState.Found;
            var (first, second) = addresses.IsEmpty ? (a.Ttl, aaaa.Ttl) : (BesideAddresses(a), BesideAddresses(aaaa));
            return (a with { State = state, Addresses = addresses, Ttl = first < second ? first : second }).ToAnswer();
        }

        var (failed, other) = a.State == NameState.Failed ? (a, aaaa) : (aaaa, a);
        return (addresses.IsEmpty ? failed : other with { Ttl = TimeSpan.Zero }).ToAnswer();
    }

    // Many servers do not say for how long a name has no address of one family: that does not undo what the other's says.
    private static TimeSpan BesideAddresses(Found found) => found.State != NameState.Found && found.Ttl == TimeSpan.Zero ? Unsaid : found.Ttl;

    private async Task<Found> AskAsync(NameServers servers, DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var ttl = TimeSpan.MaxValue;
        var followed = 0;
        while (true)
        {
            var question = new DnsQuestion(name, (ushort)type, DnsCodes.Internet);
            var (answer, server, failure) = await AskServersAsync(servers, question, cancellationToken);
            if (answer is null)
                return new Found(NameState.Failed, [], TimeSpan.Zero, server, failure);

            var reading = AddressReading.Read(answer, question);
            followed += reading.Followed;
            ttl = ttl < reading.Ttl ? ttl : reading.Ttl;
            if (reading.State == NameState.Failed || followed > AddressReading.MaxAliases)
                return new Found(NameState.Failed, [], TimeSpan.Zero, server, $"its aliases lead in a circle, or over more than {AddressReading.MaxAliases} names ({server})");
            if (reading.Alias is null)
                return new Found(reading.State, reading.Addresses, ttl, server, "");
            name = reading.Alias;
        }
    }

    private async Task<(DnsMessage? Answer, string Server, string Failure)> AskServersAsync(NameServers servers, DnsQuestion question, CancellationToken cancellationToken)
    {
        var order = Order(servers);
        var tries = order.Count * servers.Attempts;
        var running = new List<Task<Reply>>();
        var failures = new List<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var asked = 0; asked < tries || running.Count > 0;)
            {
                // Counted from before the question leaves.
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var patience = asked + 1 < tries ? Task.Delay(Patience, time, waiting.Token) : null;
                if (asked < tries)
                    running.Add(AskServerAsync(servers, order[asked % order.Count], question, isFirst: asked++ < order.Count, stop.Token));
                await Task.WhenAny(patience is null ? running : [.. running, patience]);
                await waiting.CancelAsync();

                // One that fails is gone at once; the next is asked then, or when patience ends.
                if (running.Find(task => task.IsCompleted) is not { } ended)
                    continue;
                running.Remove(ended);
                var reply = await ended;
                if (reply.Answer is not null)
                    return (reply.Answer, NameServers.Print(reply.Server), "");
                failures.Add($"{NameServers.Print(reply.Server)}: {reply.Failure}");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return (null, NameServers.Print(order[0]), string.Join(", ", failures.Distinct()));
    }

    /// <summary>One server, once; over TCP too when its answer is truncated. Does not throw.</summary>
    private async Task<Reply> AskServerAsync(NameServers servers, IPEndPoint server, DnsQuestion question, bool isFirst, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(servers.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // Few servers do not repeat the case of a name: those are understood when they are asked again.
            var answer = await channel.AskAsync(server, question, servers.UseStream, exactCase: isFirst, linked.Token);
            if (answer.Flags.HasFlag(DnsFlags.Truncated) && !servers.UseStream)
                answer = await channel.AskAsync(server, question, stream: true, exactCase: false, linked.Token);
            _silent.TryRemove(server, out _);
            return new Reply(server, IsOfUse(answer, out var failure) ? answer : null, failure);
        }
        catch (OperationCanceledException)
        {
            if (time.GetElapsedTime(started) >= Patience)
                Distrusted(server);
            return new Reply(server, null, $"no answer within {DurationText.Print(servers.Timeout)}");
        }
        catch (SocketException e)
        {
            Distrusted(server);
            return new Reply(server, null, SocketFailure.Of(e.SocketErrorCode).Cause.Name());
        }
        catch (TargetException e)
        {
            return new Reply(server, null, e.Message);
        }
        catch (DnsFormatException e)
        {
            return new Reply(server, null, e.Message);
        }
    }

    private static bool IsOfUse(DnsMessage answer, out string failure)
    {
        // A server that does not recurse points to others, which are not for a stub to ask (RFC 1034 section 5.3.1).
        var isReferral = answer.Rcode == DnsCodes.NoError
            && answer.Answers.IsEmpty
            && !answer.Flags.HasFlag(DnsFlags.Authoritative)
            && !answer.Flags.HasFlag(DnsFlags.RecursionAvailable);
        failure = isReferral ? "it does not ask other servers for us" : DnsCodes.RcodeName(answer.Rcode);
        return !isReferral && answer.Rcode is DnsCodes.NoError or DnsCodes.NameError;
    }

    private List<IPEndPoint> Order(NameServers servers)
    {
        var all = servers.Servers;
        if (all.Length == 1)
            return [all[0]];
        var start = servers.Rotate ? (int)((uint)Interlocked.Increment(ref _turn) % (uint)all.Length) : 0;
        var order = new List<IPEndPoint>(all.Length);
        for (var i = 0; i < all.Length; i++)
            order.Add(all[(start + i) % all.Length]);
        return [.. order.Where(server => !IsDistrusted(server)), .. order.Where(IsDistrusted)];
    }

    private bool IsDistrusted(IPEndPoint server) => _silent.TryGetValue(server, out var since) && time.GetElapsedTime(since) < Distrust;

    private void Distrusted(IPEndPoint server)
    {
        // Jobs name servers of their own: those that no job names any more go with the rest.
        if (_silent.Count >= MostDistrusted)
            _silent.Clear();
        _silent[server] = time.GetTimestamp();
    }

    private sealed record Reply(IPEndPoint Server, DnsMessage? Answer, string Failure);

    private sealed record Found(NameState State, ImmutableArray<IPAddress> Addresses, TimeSpan Ttl, string Server, string Failure)
    {
        public NameAnswer ToAnswer() => new(State, AddressSet.Of(Addresses), Ttl, Server, Failure);
    }
}
