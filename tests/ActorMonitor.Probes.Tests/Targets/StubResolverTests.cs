using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

/// <summary>The resolver against name servers that do their work well, badly or not at all.</summary>
public class StubResolverTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("any", new[] { "www.example A", "www.example AAAA" })]
    [InlineData("prefer-ipv6", new[] { "www.example A", "www.example AAAA" })]
    [InlineData("ipv4", new[] { "www.example A" })]
    [InlineData("ipv6", new[] { "www.example AAAA" })]
    public async Task Only_the_families_that_are_wanted_are_asked_for(string family, string[] asked)
    {
        await using var server = ScriptedResolver.Answering(ipv6: true);
        using var resolver = ScriptedResolver.Over(_time, server);

        await resolver.AddressesAsync("www.example", family);

        server.Asked.Order().ShouldBe(asked);
    }

    [Theory]
    [InlineData("ipv4", new[] { "192.0.2.1" })]
    [InlineData("ipv6", new[] { "2001:db8::1" })]
    [InlineData("prefer-ipv4", new[] { "192.0.2.1", "2001:db8::1" })]
    [InlineData("prefer-ipv6", new[] { "2001:db8::1", "192.0.2.1" })]
    public async Task The_family_decides_which_addresses_are_tried_and_in_which_order(string family, string[] addresses)
    {
        await using var server = ScriptedResolver.Answering(ipv6: true);
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.AddressesAsync("www.example", family)).ShouldBe(addresses);
    }

    [IPv6Fact]
    public async Task Of_both_families_IPv6_comes_first_where_there_is_a_route()
    {
        // ::1 has one, 100::/64 is for discarding (RFC 6666) and has none on a host without a default route.
        await using var server = ScriptedResolver.Start((question, query) => question.EndsWith(" A", StringComparison.Ordinal)
            ? DnsBytes.Answer(query, [DnsBytes.Address(127, 0, 0, 1)])
            : DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 28, IPAddress.IPv6Loopback.GetAddressBytes())]));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.AddressesAsync("here.example")).ShouldBe(["::1", "127.0.0.1"]);
    }

    [Fact]
    public async Task A_name_without_an_address_of_the_family_is_no_nxdomain()
    {
        await using var server = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, server);

        var failure = await resolver.FailureAsync("www.example", "ipv6");

        (failure.Outcome, failure.Cause, failure.Resolver).ShouldBe((Outcome.Down, Cause.NoAddress, server.Name));
        (await resolver.AddressesAsync("www.example")).ShouldBe(["192.0.2.1"]);
    }

    [Theory]
    [InlineData(2, "SERVFAIL")]
    [InlineData(5, "REFUSED")]
    [InlineData(4, "NOTIMP")]
    [InlineData(1, "FORMERR")]
    public async Task A_refusal_of_all_servers_says_nothing_of_the_name(int rcode, string name)
    {
        await using var first = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [], 0x8180 | rcode));
        await using var second = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [], 0x8180 | rcode));
        using var resolver = ScriptedResolver.Over(_time, first, second);

        var failure = await resolver.FailureAsync("www.example");

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, Cause.ResolveFailed));
        failure.Message.ShouldBe($"www.example: the resolver failed ({first.Name}: {name}, {second.Name}: {name})");
    }

    [Fact]
    public async Task A_server_that_fails_is_followed_by_the_next_at_once()
    {
        await using var broken = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [], 0x8182));
        await using var whole = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, broken, whole);

        (await resolver.SourceAsync("www.example")).ShouldBe(whole.Name);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_not_asked_of_the_next()
    {
        await using var first = ScriptedResolver.Start((_, query) => ScriptedResolver.Negative(query, 3));
        await using var second = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, first, second);

        var failure = await resolver.FailureAsync("www.example");

        (failure.Outcome, failure.Cause, failure.Message).ShouldBe((Outcome.Down, Cause.Nxdomain, "www.example: no such name"));
        second.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_silent_is_not_waited_for_alone_and_comes_last_for_a_while()
    {
        await using var silent = ScriptedResolver.Start((_, _) =>
        {
            _time.Advance(StubResolver.Patience);
            return null;
        });
        await using var whole = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, silent, whole);

        (await resolver.SourceAsync("a.example")).ShouldBe(whole.Name);
        (await resolver.SourceAsync("b.example")).ShouldBe(whole.Name);
        silent.Asked.ShouldBe(["a.example A"]);
        _time.Advance(StubResolver.Distrust);
        (await resolver.SourceAsync("c.example")).ShouldBe(whole.Name);
        silent.Asked.ShouldBe(["a.example A", "c.example A"]);
    }

    [Fact]
    public async Task An_answer_of_the_first_that_comes_late_is_taken()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            _time.Advance(StubResolver.Patience);
            await late.Task;
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 9)]), client);
        });
        await using var silent = ScriptedResolver.Start((_, _) =>
        {
            late.TrySetResult();
            return null;
        });
        using var resolver = Over(new IPEndPoint(IPAddress.Loopback, slow.Port), silent.EndPoint);

        (await resolver.AddressesAsync("www.example", "ipv4")).ShouldBe(["192.0.2.9"]);
    }

    [Fact]
    public async Task A_dead_server_s_address_is_refused_and_the_next_is_asked()
    {
        using var closed = ProbeSetup.ClosedPort(out var port);
        await using var whole = ScriptedResolver.Answering();
        using var resolver = Over(new IPEndPoint(IPAddress.Loopback, port), whole.EndPoint);

        (await resolver.SourceAsync("www.example")).ShouldBe(whole.Name);
    }

    [Fact]
    public async Task Servers_that_are_all_dead_are_named()
    {
        using var closed = ProbeSetup.ClosedPort(out var port);
        using var resolver = Over(new IPEndPoint(IPAddress.Loopback, port));

        var failure = await resolver.FailureAsync("www.example");

        (failure.Outcome, failure.Cause, failure.Message).ShouldBe((Outcome.Unknown, Cause.ResolveFailed, $"www.example: the resolver failed (127.0.0.1:{port}: refused)"));
    }

    [Fact]
    public async Task Silence_of_all_servers_ends_with_their_timeout()
    {
        // The second question is sent when patience ends, and then only the timeouts are left.
        var questions = 0;
        await using var silent = ScriptedResolver.Start((_, _) =>
        {
            _time.Advance(++questions == 1 ? StubResolver.Patience : TimeSpan.FromSeconds(5));
            return null;
        });
        using var resolver = ScriptedResolver.Over(_time, silent);

        var failure = await resolver.FailureAsync("www.example");

        failure.Message.ShouldBe($"www.example: the resolver failed ({silent.Name}: no answer within 5s)");
        questions.ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_is_no_answer_to_the_question_is_passed_over(int kind)
    {
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            var forged = DnsBytes.Answer(query, [DnsBytes.Address(203, 0, 113, 66)]);
            if (kind == 0)
                forged[0] ^= 0xFF;
            else
                forged[13] ^= 0x01;
            await self.SendAsync(forged, client);
            await self.SendAsync([], client);
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client);
        });
        using var resolver = Over(new IPEndPoint(IPAddress.Loopback, server.Port));

        (await resolver.AddressesAsync("www.example", "ipv4")).ShouldBe(["192.0.2.1"]);
    }

    [Fact]
    public async Task An_answer_that_is_garbled_is_the_server_s_failure()
    {
        await using var garbled = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 1, [1, 2, 3])]));
        using var resolver = ScriptedResolver.Over(_time, garbled);

        (await resolver.FailureAsync("www.example")).Cause.ShouldBe(Cause.ResolveFailed);
    }

    [Fact]
    public async Task A_server_that_only_points_to_others_is_of_no_use()
    {
        await using var referring = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [], 0x8000, [DnsBytes.Record(DnsBytes.Name("example"), 2, DnsBytes.Name("ns.example"))]));
        using var resolver = ScriptedResolver.Over(_time, referring);

        (await resolver.FailureAsync("www.example")).Message.ShouldContain("it does not ask other servers for us");
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_over_TCP()
    {
        await using var stream = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            var length = new byte[2];
            await peer.Stream.ReadExactlyAsync(length, stop);
            var query = new byte[(length[0] << 8) | length[1]];
            await peer.Stream.ReadExactlyAsync(query, stop);
            var answer = DnsBytes.Answer(query, [.. Enumerable.Range(1, 40).Select(i => DnsBytes.Address(192, 0, 2, (byte)i))]);
            await peer.SendAsync([.. DnsBytes.Number(answer.Length), .. answer], stop);
        });
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [], 0x8380), client), port: stream.Port);
        using var resolver = Over(new IPEndPoint(IPAddress.Loopback, stream.Port));

        (await resolver.AddressesAsync("big.example", "ipv4")).Length.ShouldBe(40);
    }

    [Fact]
    public async Task A_chain_of_aliases_that_the_server_does_not_follow_is_followed()
    {
        await using var server = ScriptedResolver.Start((question, query) => question switch
        {
            "a.example A" => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("b.example"))]),
            "b.example A" => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("c.example")), DnsBytes.Record(DnsBytes.Name("c.example"), 5, DnsBytes.Name("d.example"))]),
            _ => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 4)]),
        });
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.AddressesAsync("a.example", "ipv4")).ShouldBe(["192.0.2.4"]);
        server.Asked.ShouldBe(["a.example A", "b.example A", "d.example A"]);
    }

    [Fact]
    public async Task Aliases_in_a_circle_are_left()
    {
        await using var server = ScriptedResolver.Start((question, query) => DnsBytes.Answer(
            query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name(question.StartsWith("a.", StringComparison.Ordinal) ? "b.example" : "a.example"))]));
        using var resolver = ScriptedResolver.Over(_time, server);

        var failure = await resolver.FailureAsync("a.example");

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, Cause.ResolveFailed));
        failure.Message.ShouldContain("in a circle");
        server.Asked.Count.ShouldBe(AddressReading.MaxAliases + 1);
    }

    [Fact]
    public async Task Aliases_in_a_circle_within_one_answer_are_left()
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(
            query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("b.example")), DnsBytes.Record(DnsBytes.Name("b.example"), 5, DnsBytes.Name("a.example"))]));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.FailureAsync("a.example")).Message.ShouldContain("in a circle");
        server.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_alias_of_a_name_that_does_not_exist_is_nxdomain()
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("gone.example"))], 0x8183));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.FailureAsync("www.example", "any")).Cause.ShouldBe(Cause.Nxdomain);
    }

    [Fact]
    public async Task One_family_s_failure_does_not_keep_the_other_s_addresses_back()
    {
        await using var server = ScriptedResolver.Start((question, query) => question.EndsWith(" A", StringComparison.Ordinal)
            ? DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)])
            : DnsBytes.Answer(query, [], 0x8182));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.AddressesAsync("www.example")).ShouldBe(["192.0.2.1"]);
        resolver.Cached.ShouldBe(0);
    }

    [Fact]
    public async Task Records_of_other_names_in_an_answer_are_not_taken()
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Name("other.example"), 1, [203, 0, 113, 66])]));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.FailureAsync("www.example")).Cause.ShouldBe(Cause.NoAddress);
    }

    [Theory]
    [InlineData("127.0.0.53", Cause.TargetDenied)]
    [InlineData("[::ffff:127.0.0.53]:5353", Cause.TargetDenied)]
    public async Task A_job_s_own_server_must_be_one_that_may_be_probed(string server, Cause cause)
    {
        using var resolver = new TargetResolver(new TargetPolicy([], [IPNetwork.Parse("127.0.0.0/8")]), ResolverOptions.Default, _time);

        var failure = await Should.ThrowAsync<TargetException>(async () => await resolver.FindAsync("www.example", ProbeSetup.Map(("resolver", server)), CancellationToken.None));

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, cause));
    }

    [Theory]
    [InlineData("system", true)]
    [InlineData("192.0.2.53", true)]
    [InlineData("192.0.2.53:5353", true)]
    [InlineData("2001:db8::53", true)]
    [InlineData("[2001:db8::53]", true)]
    [InlineData("[2001:db8::53]:5353", true)]
    [InlineData("192.0.2.53:0", false)]
    [InlineData("192.0.2.53:65536", false)]
    [InlineData("127.1", false)]
    [InlineData("53", false)]
    [InlineData("dns.example", false)]
    [InlineData("", false)]
    public void A_job_s_own_server_is_an_address(string text, bool accepted)
        => (TargetResolver.Resolver.Validate(SettingValue.Of(text)) is null).ShouldBe(accepted);

    private TargetResolver Over(params IPEndPoint[] servers)
        => new(new TargetPolicy([], []), new ResolverOptions([.. servers], 100, TimeSpan.FromMinutes(1)) { Files = new SystemFiles(null, null, null) }, _time);
}
