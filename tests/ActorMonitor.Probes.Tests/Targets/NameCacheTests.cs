using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

/// <summary>What is kept of the answers of name servers, and for how long.</summary>
public class NameCacheTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task An_answer_is_kept_for_its_TTL_and_says_so()
    {
        await using var server = ScriptedResolver.Answering(ttl: 60);
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
        _time.Advance(TimeSpan.FromSeconds(50));
        (await resolver.SourceAsync("WWW.Example")).ShouldBe("cache");
        server.Asked.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
        server.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_is_kept_no_longer_than_configured()
    {
        await using var server = ScriptedResolver.Answering(ttl: 100_000);
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { MaxTtl = TimeSpan.FromSeconds(30) }, server);

        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
        _time.Advance(TimeSpan.FromSeconds(30));

        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
    }

    [Fact]
    public async Task An_answer_with_a_TTL_of_zero_is_not_kept()
    {
        await using var server = ScriptedResolver.Answering(ttl: 0);
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);

        (server.Asked.Count, resolver.Cached).ShouldBe((2, 0));
    }

    [Theory]
    [InlineData(3, 60, 300, 60)] // the SOA record's own TTL is shorter
    [InlineData(3, 300, 60, 60)]
    [InlineData(0, 300, 60, 60)]
    public async Task That_there_is_nothing_is_kept_as_long_as_the_zone_says(int rcode, int ttl, int minimum, int seconds)
    {
        await using var server = ScriptedResolver.Start((_, query) => ScriptedResolver.Negative(query, rcode, ttl, minimum));
        using var resolver = ScriptedResolver.Over(_time, server);

        var first = await resolver.FailureAsync("www.example");
        _time.Advance(TimeSpan.FromSeconds(seconds - 10));
        var second = await resolver.FailureAsync("www.example");
        server.Asked.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        await resolver.FailureAsync("www.example");

        (first.Cause, first.Resolver).ShouldBe((rcode == 3 ? Cause.Nxdomain : Cause.NoAddress, server.Name));
        (second.Cause, second.Resolver).ShouldBe((first.Cause, "cache"));
        server.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task That_there_is_nothing_is_not_kept_when_no_zone_says_for_how_long()
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [], 0x8183));
        using var resolver = ScriptedResolver.Over(_time, server);

        await resolver.FailureAsync("www.example");
        await resolver.FailureAsync("www.example");

        server.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Addresses_are_kept_though_no_zone_says_for_how_long_there_are_none_of_the_other_family()
    {
        await using var server = ScriptedResolver.Start((question, query) => DnsBytes.Answer(query, question.EndsWith(" A", StringComparison.Ordinal) ? [DnsBytes.Address(192, 0, 2, 1)] : []));
        using var resolver = ScriptedResolver.Over(_time, server);

        await resolver.SourceAsync("www.example", "any");
        (await resolver.SourceAsync("www.example", "any")).ShouldBe("cache");
        _time.Advance(StubResolver.Unsaid);

        (await resolver.SourceAsync("www.example", "any")).ShouldBe(server.Name);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        var isBroken = true;
        await using var server = ScriptedResolver.Start((_, query) => isBroken ? DnsBytes.Answer(query, [], 0x8182) : DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.FailureAsync("www.example")).Cause.ShouldBe(Cause.ResolveFailed);
        isBroken = false;

        (await resolver.AddressesAsync("www.example", "ipv4")).ShouldBe(["192.0.2.1"]);
    }

    [Fact]
    public async Task The_shortest_TTL_of_a_chain_of_aliases_counts()
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(
            query,
            [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("b.example"), ttl: 20), DnsBytes.Record(DnsBytes.Name("b.example"), 1, [192, 0, 2, 7], ttl: 3600)]));
        using var resolver = ScriptedResolver.Over(_time, server);

        (await resolver.AddressesAsync("a.example", "ipv4")).ShouldBe(["192.0.2.7"]);
        _time.Advance(TimeSpan.FromSeconds(20));
        await resolver.AddressesAsync("a.example", "ipv4");

        server.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Checks_that_ask_for_a_name_at_a_time_send_one_question()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var questions = 0;
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            questions++;
            heard.SetResult();
            await answer.Task;
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 1, [192, 0, 2, 1], ttl: 0)]), client);
        });
        using var resolver = new TargetResolver(
            new TargetPolicy([], []), new ResolverOptions([new IPEndPoint(IPAddress.Loopback, server.Port)], 10, TimeSpan.FromMinutes(1)) { Files = new SystemFiles(null, null, null) }, _time);
        using var impatient = new CancellationTokenSource();

        var leaving = resolver.FindAsync("www.example", ProbeSetup.Map(("family", "ipv4")), impatient.Token).AsTask();
        var asking = Enumerable.Range(0, 500).Select(_ => resolver.AddressesAsync("www.example", "ipv4")).ToList();
        await heard.Task;
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        answer.SetResult();

        (await Task.WhenAll(asking)).ShouldAllBe(addresses => addresses.Single() == "192.0.2.1");
        questions.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_about_to_end_is_asked_for_anew_and_nobody_waits()
    {
        var asked = new SemaphoreSlim(0);
        var questions = 0;
        await using var server = ScriptedResolver.Start((_, query) =>
        {
            asked.Release();
            return ++questions == 1 ? DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 1, [192, 0, 2, 1], ttl: 100)]) : null;
        });
        using var resolver = ScriptedResolver.Over(_time, server);
        await resolver.SourceAsync("www.example");
        await asked.WaitAsync();

        _time.Advance(TimeSpan.FromSeconds(91));
        (await resolver.SourceAsync("www.example")).ShouldBe("cache");
        (await resolver.SourceAsync("www.example")).ShouldBe("cache");

        (await asked.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        questions.ShouldBe(2);
    }

    [Fact]
    public async Task No_more_names_are_kept_than_configured_and_the_last_one_is_among_them()
    {
        await using var server = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { CacheSize = 16 }, server);

        for (var i = 0; i < 100; i++)
        {
            await resolver.SourceAsync($"host{i}.example");
            resolver.Cached.ShouldBeLessThanOrEqualTo(16);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        resolver.Cached.ShouldBeGreaterThan(8);
        (await resolver.SourceAsync("host99.example")).ShouldBe("cache");
    }

    [Fact]
    public async Task Answers_of_one_server_are_not_given_for_another()
    {
        await using var first = ScriptedResolver.Answering();
        await using var second = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 2)]));
        using var resolver = ScriptedResolver.Over(_time, first);
        await resolver.SourceAsync("www.example");

        var found = await resolver.FindAsync("www.example", ProbeSetup.Map(("family", "ipv4"), ("resolver", second.Name)), CancellationToken.None);

        (found.Addresses.Single().ToString(), found.Source).ShouldBe(("192.0.2.2", second.Name));
    }
}
