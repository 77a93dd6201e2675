using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public sealed class DnsSocketsTests : IDisposable
{
    private static readonly DnsQuestion Www = new(Parse("www.example"), (ushort)DnsType.A, DnsCodes.Internet);

    private readonly ManualTime _time = new();
    private readonly DnsSockets _sockets;

    public DnsSocketsTests() => _sockets = new DnsSockets(_time);

    public void Dispose() => _sockets.Dispose();

    [LinuxFact]
    public async Task Questions_leave_from_every_socket_with_ids_and_ports_that_are_spread()
    {
        var seen = new ConcurrentBag<(int Port, int Id)>();
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            seen.Add((((IPEndPoint)client).Port, DnsText.UInt16(query, 0)));
            return self.SendAsync(Answer(query), client);
        });

        for (var i = 0; i < 1000; i++)
            await _sockets.AskAsync(Ask(server), CancellationToken.None);

        var ports = seen.Select(each => each.Port).Distinct().Order().ToList();
        ports.ShouldBe(_sockets.Ports(AddressFamily.InterNetwork).Order());
        ports.Count.ShouldBe(DnsSockets.PerFamily);
        // Sixteen in a row, or all in one sixteenth of the range, has a chance below 16^-14.
        (ports[^1] - ports[0]).ShouldBeGreaterThan(2000);
        seen.Select(each => each.Id).Distinct().Count().ShouldBeGreaterThan(950);
        seen.GroupBy(each => each.Port).ShouldAllBe(group => group.Count() > 10);
        _sockets.InFlight.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_socket_is_renewed_after_a_time_and_what_waits_on_it_is_still_answered()
    {
        var held = new TaskCompletionSource<(byte[] Query, EndPoint Client)>();
        await using var server = ScriptedUdpServer.Start((self, query, client)
            => held.TrySetResult((query, client)) ? Task.CompletedTask : self.SendAsync(Answer(query), client));
        var waiting = _sockets.AskAsync(Ask(server), CancellationToken.None).AsTask();
        var (query, client) = await held.Task;
        var before = _sockets.Ports(AddressFamily.InterNetwork);

        _time.Advance(DnsSockets.MaxAge);
        for (var i = 0; i < 400; i++)
            await _sockets.AskAsync(Ask(server), CancellationToken.None);

        _sockets.Ports(AddressFamily.InterNetwork).Intersect(before).Count().ShouldBeLessThanOrEqualTo(1);
        await server.SendAsync(Answer(query), client);
        (await waiting).Bytes.ShouldBe(Answer(query));
    }

    [LinuxFact]
    public async Task A_socket_is_renewed_after_a_number_of_questions()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(Answer(query), client));
        await _sockets.AskAsync(Ask(server), CancellationToken.None);
        var before = _sockets.Ports(AddressFamily.InterNetwork);

        await Parallel.ForAsync(0, DnsSockets.MaxUses * DnsSockets.PerFamily * 6 / 5, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, stop) => await _sockets.AskAsync(Ask(server), stop));

        _sockets.Ports(AddressFamily.InterNetwork).Intersect(before).Count().ShouldBeLessThan(DnsSockets.PerFamily / 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_real_answer_is_found_in_a_flood_of_forged_ones(bool shared)
    {
        using var sockets = new DnsSockets(_time, shared);
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            for (var id = 0; id < 3000; id++)
            {
                if (id != DnsText.UInt16(query, 0))
                    await self.SendAsync([(byte)(id >> 8), (byte)id, .. Answer(query)[2..]], client);
                if (id % 100 == 99)
                    await Task.Yield();
            }

            await self.SendAsync(Answer(query), client);
        });
        byte[]? last = null;

        // The socket's buffer may overflow under the flood; then the question is asked again, as a check would.
        for (var i = 0; i < 20 && last is null; i++)
        {
            var ask = Ask(server);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                last = (await sockets.AskAsync(ask, patience.Token)).Bytes;
                ask.Ignored.ShouldBeGreaterThan(100);
            }
            catch (OperationCanceledException)
            {
                ask.Ignored.ShouldBeGreaterThan(100);
            }
        }

        last.ShouldNotBeNull();
    }

    [Fact]
    public async Task Whoever_else_answers_is_not_believed_but_named()
    {
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            await stranger.SendToAsync(DnsBytes.Answer(query, [DnsBytes.Address(203, 0, 113, 9)]), client);
            await self.SendAsync(Answer(query), client);
        });
        var ask = Ask(server);

        var answer = await _sockets.AskAsync(ask, CancellationToken.None);

        answer.Bytes.ShouldBe(Answer(ask.Query));
        if (OperatingSystem.IsLinux())
            (ask.Ignored, ask.OtherSender).ShouldBe((1, new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)stranger.LocalEndPoint!).Port)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closed_port_is_refused_at_once_and_others_on_the_socket_go_on(bool shared)
    {
        using var sockets = new DnsSockets(_time, shared);
        using var closed = ProbeSetup.ClosedPort(out var port);
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(Answer(query), client));
        using var stop = new CancellationTokenSource(ProbeSetup.LongTimeout);

        await Parallel.ForAsync(0, 500, stop.Token, async (i, token) =>
        {
            if (i % 2 == 0)
                (await sockets.AskAsync(Ask(server), token)).Bytes.Length.ShouldBeGreaterThan(12);
            else
                (await Should.ThrowAsync<SocketException>(sockets.AskAsync(Ask(port), token).AsTask())).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        });

        sockets.InFlight.ShouldBe(0);
    }

    [IPv6Fact]
    public async Task A_closed_port_is_refused_over_IPv6_too()
    {
        using var closed = ProbeSetup.ClosedPort(out var port, address: IPAddress.IPv6Loopback);
        var ask = new DnsAsk(new IPEndPoint(IPAddress.IPv6Loopback, port), Www.Encode(0, true, 1232, false));

        (await Should.ThrowAsync<SocketException>(_sockets.AskAsync(ask, CancellationToken.None).AsTask())).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task A_cancelled_question_frees_its_place_at_once()
    {
        var heard = new SemaphoreSlim(0);
        await using var server = ScriptedUdpServer.Start((_, _, _) =>
        {
            heard.Release();
            return Task.CompletedTask;
        });
        using var cancel = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 100).Select(_ => _sockets.AskAsync(Ask(server), cancel.Token).AsTask()).ToList();
        foreach (var _ in waiting)
            await heard.WaitAsync(cancel.Token);
        _sockets.InFlight.ShouldBe(100);

        await cancel.CancelAsync();

        foreach (var each in waiting)
            await Should.ThrowAsync<OperationCanceledException>(each);
        _sockets.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task A_question_already_cancelled_is_not_sent()
        => await Should.ThrowAsync<OperationCanceledException>(_sockets.AskAsync(Ask(9), new CancellationToken(canceled: true)).AsTask());

    [Fact]
    public async Task Disposal_ends_what_waits()
    {
        var heard = new TaskCompletionSource();
        await using var server = ScriptedUdpServer.Start((_, _, _) =>
        {
            heard.TrySetResult();
            return Task.CompletedTask;
        });
        using var sockets = new DnsSockets(_time, shared: true);
        var waiting = sockets.AskAsync(Ask(server), CancellationToken.None).AsTask();
        await heard.Task;

        if (!OperatingSystem.IsLinux())
            return;
        sockets.Dispose();

        (await Should.ThrowAsync<SocketException>(waiting)).SocketErrorCode.ShouldBe(SocketError.OperationAborted);
        await Should.ThrowAsync<ObjectDisposedException>(sockets.AskAsync(Ask(server), CancellationToken.None).AsTask());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_an_answer_the_same_query_is_sent_again_from_the_same_port(bool shared)
    {
        using var sockets = new DnsSockets(_time, shared);
        var seen = new List<(byte[] Query, EndPoint Client)>();
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            seen.Add((query, client));
            if (seen.Count == 1)
                _time.Advance(TimeSpan.FromSeconds(2));
            else
                await self.SendAsync(Answer(query), client);
        });
        var ask = Ask(server, again: TimeSpan.FromSeconds(2));

        await sockets.AskAsync(ask, CancellationToken.None);

        ask.Sent.ShouldBe(2);
        (seen[1].Query, seen[1].Client).ShouldBe((seen[0].Query, seen[0].Client), new SameBytes());
    }

    [Fact]
    public async Task A_late_answer_of_an_earlier_question_is_no_forgery()
    {
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            await self.SendAsync(Answer(query), client);
            await self.SendAsync(Answer(query), client);
        });

        for (var i = 0; i < 200; i++)
        {
            var ask = Ask(server);
            await _sockets.AskAsync(ask, CancellationToken.None);
            ask.Ignored.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Letters_in_another_case_are_taken_only_where_the_case_does_not_matter(bool exact)
    {
        // All letters of a random name are small once in 2^60.
        var question = new DnsQuestion(Parse($"{new string('a', 30)}.{new string('B', 30)}"), (ushort)DnsType.A, DnsCodes.Internet);
        byte[]? asked = null;
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            asked = query;
            var small = Answer(query);
            for (var i = 12; i < 12 + 63; i++)
                small[i] = (byte)char.ToLowerInvariant((char)small[i]);
            await self.SendAsync(small, client);
            await self.SendAsync(Answer(query), client);
        });
        var ask = new DnsAsk(new IPEndPoint(IPAddress.Loopback, server.Port), question.Encode(0, true, null, false)) { ExactCase = exact };

        var answer = await _sockets.AskAsync(ask, CancellationToken.None);

        var name = asked.AsSpan(12, 63).ToArray();
        (name.Any(b => b == 'A') && name.Any(b => b == 'b')).ShouldBe(exact);
        answer.Bytes.AsSpan(12, 63).SequenceEqual(name).ShouldBe(exact);
        ask.Ignored.ShouldBe(exact ? 1 : 0);
    }

    [Fact]
    public void A_type_is_no_letter()
    {
        var ask = new DnsAsk(new IPEndPoint(IPAddress.Loopback, 53), DnsBytes.Query(type: 'A'));

        ask.IsAnsweredBy(DnsBytes.Query(type: 'A')).ShouldBeTrue();
        ask.IsAnsweredBy(DnsBytes.Query(type: 'a')).ShouldBeFalse();
        ask.IsAnsweredBy(DnsBytes.Query("WWW.example", 'A')).ShouldBeTrue();
        ask.IsAnsweredBy(DnsBytes.Query("www.example", 'A').AsSpan(0, 20)).ShouldBeTrue();
        ask.IsAnsweredBy(DnsBytes.Query("www.other", 'A').AsSpan(0, 20)).ShouldBeFalse();
    }

    [Fact]
    public async Task More_questions_than_allowed_are_refused()
    {
        await using var server = ScriptedUdpServer.Start((_, _, _) => Task.CompletedTask);
        using var cancel = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, DnsSockets.MaxInFlight).Select(_ => _sockets.AskAsync(Ask(server), cancel.Token).AsTask()).ToList();

        var refused = await Should.ThrowAsync<TargetException>(_sockets.AskAsync(Ask(server), CancellationToken.None).AsTask());

        refused.Cause.ShouldBe(Cause.LocalResource);
        await cancel.CancelAsync();
        foreach (var each in waiting)
            await Should.ThrowAsync<OperationCanceledException>(each);
    }

    private static byte[] Answer(byte[] query) => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]);

    private static DnsName Parse(string text) => DnsName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    private static DnsAsk Ask(ScriptedUdpServer server, TimeSpan? again = null) => Ask(server.Port, again);

    private static DnsAsk Ask(int port, TimeSpan? again = null)
        => new(new IPEndPoint(IPAddress.Loopback, port), Www.Encode(0, true, 1232, false)) { Largest = 1232, SendAgainAfter = again };

    private sealed class SameBytes : IEqualityComparer<(byte[] Query, EndPoint Client)>
    {
        public bool Equals((byte[] Query, EndPoint Client) x, (byte[] Query, EndPoint Client) y) => x.Query.SequenceEqual(y.Query) && x.Client.Equals(y.Client);

        public int GetHashCode((byte[] Query, EndPoint Client) obj) => obj.Client.GetHashCode();
    }
}

/// <summary>A fact about Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "only Linux has a queue of ICMP errors";
}
