using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

/// <summary>Resolving as the system's files say.</summary>
public sealed class SystemNamesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormonitor-").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_hosts_file_goes_before_name_servers_and_is_read_again_when_it_changed()
    {
        Write("hosts", "# a comment\n192.0.2.7\tdb.example db # another\n2001:db8::7 db\nnonsense here\n");
        await using var server = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { Files = Files() }, server);

        (await resolver.AddressesAsync("DB", "prefer-ipv6")).ShouldBe(["2001:db8::7", "192.0.2.7"]);
        (await resolver.SourceAsync("db.example.")).ShouldBe("hosts");
        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
        Write("hosts", "192.0.2.8 db.example and.more\n");
        (await resolver.AddressesAsync("db.example", "ipv4")).ShouldBe(["192.0.2.7"], "looked at a moment ago");
        _time.Advance(TimeSpan.FromSeconds(2));
        (await resolver.AddressesAsync("db.example", "ipv4")).ShouldBe(["192.0.2.8"]);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("app.localhost")]
    public async Task Localhost_is_loopback_whatever_the_files_and_the_servers_say(string host)
    {
        Write("hosts", "203.0.113.66 localhost app.localhost\n");
        await using var server = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { Files = Files() }, server);

        (await resolver.AddressesAsync(host, "prefer-ipv4")).ShouldBe(["127.0.0.1", "::1"]);
        (await resolver.SourceAsync(host)).ShouldBe("hosts");
        server.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("www", "www.a.example A|www.b.example A|www A")]
    [InlineData("www.sub", "www.sub A|www.sub.a.example A|www.sub.b.example A")]
    [InlineData("www.", "www A")]
    public async Task A_short_name_is_looked_for_in_the_domains_of_the_search(string host, string asked)
    {
        Write("resolv.conf", "search a.example b.example.\n");
        await using var server = ScriptedResolver.Start((_, query) => ScriptedResolver.Negative(query, 3));
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { Files = Files() }, server);

        (await resolver.FailureAsync(host)).Cause.ShouldBe(Cause.Nxdomain);

        server.Asked.ShouldBe(asked.Split('|'));
    }

    [Fact]
    public void A_resolv_conf_is_read_with_its_bounds()
    {
        var file = ResolverFile.Parse("""
            # nameserver 192.0.2.1
            ; nameserver 192.0.2.1
            domain first.example
            search a.example b.example
            nameserver 192.0.2.53
            nameserver 2001:db8::53
            nameserver nonsense
            nameserver 192.0.2.54
            nameserver 192.0.2.55
            options ndots:99 timeout:0 attempts:77 rotate use-vc no-aaaa edns0 trust-ad
            """);

        file.Servers.Select(server => server.ToString()).ShouldBe(["192.0.2.53:53", "[2001:db8::53]:53", "192.0.2.54:53"]);
        file.Search.ShouldBe(["a.example", "b.example"]);
        (file.Dots, file.Timeout, file.Attempts, file.Rotate, file.UseStream, file.NoIpv6).ShouldBe((15, TimeSpan.FromSeconds(1), 5, true, true, true));
        ResolverFile.Parse("").Servers.Single().ToString().ShouldBe("127.0.0.1:53");
    }

    [Theory]
    [InlineData("files dns", true)]
    [InlineData("files [NOTFOUND=continue] dns", true)]
    [InlineData("files myhostname dns", true)]
    [InlineData("files mdns4_minimal [NOTFOUND=return] dns myhostname", true)]
    [InlineData("files resolve [!UNAVAIL=return] dns", false)]
    [InlineData("files sss dns", false)]
    [InlineData("dns files", false)]
    [InlineData("files", false)]
    public void Only_files_and_then_DNS_are_what_we_do_ourselves(string sources, bool isPlain)
        => NameSources.Parse($"passwd: files\nhosts:\t{sources} # why\n").IsPlain.ShouldBe(isPlain);

    [Fact]
    public async Task Where_the_system_asks_others_it_is_asked_and_its_answers_are_kept_for_a_moment()
    {
        Write("nsswitch.conf", "hosts: files sss dns\n");
        var asked = 0;
        using var resolver = OverSystem((_, _) =>
        {
            asked++;
            return [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")];
        });

        (await resolver.AddressesAsync("www.example")).ShouldBe(["192.0.2.1", "2001:db8::1"], "in the system's order");
        (await resolver.SourceAsync("www.example", "any")).ShouldBe("cache");
        _time.Advance(NameLookUp.SystemTtl);
        (await resolver.SourceAsync("www.example", "any")).ShouldBe("system");
        asked.ShouldBe(2);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, Outcome.Down, Cause.Nxdomain)]
    [InlineData(SocketError.NoData, Outcome.Down, Cause.NoAddress)]
    [InlineData(SocketError.TryAgain, Outcome.Unknown, Cause.ResolveFailed)]
    [InlineData(SocketError.NoRecovery, Outcome.Unknown, Cause.ResolveFailed)]
    public async Task What_the_system_says_is_told_apart_as_far_as_it_tells(SocketError error, Outcome outcome, Cause cause)
    {
        Write("nsswitch.conf", "hosts: files sss dns\n");
        using var resolver = OverSystem((_, _) => throw new SocketException((int)error));

        var failure = await resolver.FailureAsync("www.example");

        (failure.Outcome, failure.Cause, failure.Resolver).ShouldBe((outcome, cause, "system"));
    }

    [Fact]
    public async Task Names_for_multicast_are_the_system_s()
    {
        Write("nsswitch.conf", "hosts: files mdns4_minimal [NOTFOUND=return] dns\n");
        using var resolver = OverSystem((_, _) => [IPAddress.Parse("192.0.2.1")]);

        (await resolver.SourceAsync("printer.local")).ShouldBe("system");
    }

    [Fact]
    public async Task What_was_kept_is_forgotten_when_resolv_conf_changes()
    {
        Write("resolv.conf", "search a.example\n");
        await using var server = ScriptedResolver.Answering();
        using var resolver = ScriptedResolver.Over(_time, ResolverOptions.Default with { Files = Files() }, server);
        await resolver.SourceAsync("www.example");
        (await resolver.SourceAsync("www.example")).ShouldBe("cache");

        Write("resolv.conf", "search other.example\n");
        _time.Advance(TimeSpan.FromSeconds(2));

        (await resolver.SourceAsync("www.example")).ShouldBe(server.Name);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private SystemFiles Files() => new(Path.Combine(_folder, "hosts"), Path.Combine(_folder, "resolv.conf"), Path.Combine(_folder, "nsswitch.conf"));

    private TargetResolver OverSystem(Func<string, AddressFamily, IPAddress[]> system)
        => new(new TargetPolicy([], []), ResolverOptions.Default with { Files = Files() }, _time, new NameServerChannel(_time), system);
}
