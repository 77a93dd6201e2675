using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Targets;

public class TargetResolverTests
{
    private readonly TargetResolver _resolver = Environment(
        null,
        null,
        ("both", ["192.0.2.1", "2001:db8::1", "192.0.2.2"]),
        ("old", ["192.0.2.1"]),
        ("metadata", ["169.254.169.254"]),
        ("mixed", ["169.254.169.254", "192.0.2.1"])).Resolver;

    [Fact]
    public async Task Addresses_keep_the_resolvers_order()
        => (await ResolveAsync("both")).ShouldBe(["192.0.2.1", "2001:db8::1", "192.0.2.2"]);

    [Theory]
    [InlineData("ipv4", new[] { "192.0.2.1", "192.0.2.2" })]
    [InlineData("ipv6", new[] { "2001:db8::1" })]
    public async Task A_family_takes_its_addresses_only(string family, string[] addresses)
        => (await ResolveAsync("both", family)).ShouldBe(addresses);

    [Theory]
    [InlineData("192.0.2.9", "192.0.2.9")]
    [InlineData("[2001:db8::9]", "2001:db8::9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    public async Task A_literal_is_itself(string host, string address) => (await ResolveAsync(host)).ShouldBe([address]);

    [Fact]
    public Task An_unknown_name_is_nxdomain() => FailsAsync("nobody", "any", Outcome.Down, Cause.Nxdomain);

    [Fact]
    public Task An_unknown_name_is_nxdomain_in_a_family_too() => FailsAsync("nobody", "ipv6", Outcome.Down, Cause.Nxdomain);

    [Fact]
    public Task A_name_without_an_address_of_the_family_is_no_nxdomain() => FailsAsync("old", "ipv6", Outcome.Down, Cause.NoAddress);

    [Fact]
    public Task A_literal_of_the_other_family_has_no_address() => FailsAsync("192.0.2.9", "ipv6", Outcome.Down, Cause.NoAddress);

    [Theory]
    [InlineData("metadata")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("0xa9fea9fe")]
    public Task A_denied_address_is_not_given_out_in_any_spelling(string host) => FailsAsync(host, "any", Outcome.Unknown, Cause.TargetDenied);

    [Fact]
    public async Task A_denied_address_among_others_is_left_out() => (await ResolveAsync("mixed")).ShouldBe(["192.0.2.1"]);

    [Fact]
    public async Task A_family_that_is_not_known_is_a_bad_setting()
        => await Should.ThrowAsync<SettingException>(() => ResolveAsync("both", "ipx"));

    [Fact]
    public async Task A_failing_resolver_proves_nothing_of_the_target()
    {
        var resolver = new TargetResolver(TargetPolicy.Default, (_, _, _) => throw new SocketException((int)SocketError.TryAgain));

        var failure = await Should.ThrowAsync<TargetException>(() => resolver.ResolveAsync("any", SettingMap.Empty, CancellationToken.None));

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, Cause.ResolveFailed));
    }

    [Fact]
    public async Task A_resolver_that_does_not_listen_to_its_token_is_left_behind()
    {
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource<IPAddress[]>();
        var resolver = new TargetResolver(TargetPolicy.Default, (_, _, _) => never.Task);
        var pending = resolver.ResolveAsync("any", SettingMap.Empty, cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(pending);
    }

    [Fact]
    public async Task A_host_that_is_no_name_is_a_bad_setting()
    {
        var resolver = new TargetResolver(TargetPolicy.Default);

        var failure = await Should.ThrowAsync<TargetException>(() => resolver.ResolveAsync(new string('a', 300), SettingMap.Empty, CancellationToken.None));

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Fact]
    public async Task The_systems_resolver_knows_this_host()
        => (await new TargetResolver(TargetPolicy.Default).ResolveAsync("localhost", SettingMap.Empty, CancellationToken.None)).ShouldAllBe(address => IPAddress.IsLoopback(address));

    private async Task<string[]> ResolveAsync(string host, string family = "any")
        => [.. (await _resolver.ResolveAsync(host, Map(("family", family)), CancellationToken.None)).Select(address => address.ToString())];

    private async Task FailsAsync(string host, string family, Outcome outcome, Cause cause)
    {
        var failure = await Should.ThrowAsync<TargetException>(() => ResolveAsync(host, family));

        (failure.Outcome, failure.Cause).ShouldBe((outcome, cause));
    }
}
