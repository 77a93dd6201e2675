using System.Net;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

public class TargetPolicyTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.0")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf:ffff::1")]
    [InlineData("fd00:ec2::254")]
    public void Link_local_and_metadata_addresses_are_denied_by_default(string address)
        => TargetPolicy.Default.Allows(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("fec0::1")]
    [InlineData("fd00:ec3::1")]
    [InlineData("10.0.0.1")]
    [InlineData("2001:db8::a9fe:a9fe")]
    public void Everything_else_is_allowed_by_default(string address)
        => TargetPolicy.Default.Allows(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("10.1.66.1", false)]
    [InlineData("::1", false)]
    public void With_an_allow_list_only_what_it_holds_and_deny_does_not_is_allowed(string address, bool allowed)
        => Policy(["10.1.0.0/16"], ["10.1.66.0/24"]).Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    /// <summary>Every form of 10.9.8.7 by which a packet may get to it, as texts that IPAddress reads.</summary>
    public static TheoryData<string> FormsOfOneAddress() =>
    [
        "10.9.8.7",
        "::ffff:10.9.8.7", // mapped, RFC 4291 section 2.5.5.2
        "::ffff:a09:807",
        "::10.9.8.7", // compatible, RFC 4291 section 2.5.5.1
        "::ffff:0:10.9.8.7", // translated, RFC 7915
        "64:ff9b::10.9.8.7", // NAT64, RFC 6052
        "64:ff9b:1::10.9.8.7", // NAT64 for local use, /96 of RFC 8215
        "64:ff9b:1:2:3:4:10.9.8.7",
        "64:ff9b:1:a09:8:700::", // the same, /48
        "64:ff9b:1:ff0a:9:807::", // /56
        "64:ff9b:1:1:a:908:700:0", // /64
        "2002:a09:807::", // 6to4, RFC 3056
        "2002:a09:807:1::2",
        "2001:0:a09:807:8000:63bf:3fff:fdd2", // Teredo's server, RFC 4380
        "2001:0:c000:201:0:1:f5f6:f7f8", // Teredo's client, turned over
        "2001:db8::5efe:10.9.8.7", // ISATAP, RFC 5214
        "2001:db8::200:5efe:10.9.8.7",
    ];

    [Theory]
    [MemberData(nameof(FormsOfOneAddress))]
    public void A_denied_network_is_denied_in_every_form_of_its_addresses(string form)
    {
        var address = IPAddress.Parse(form);

        Policy([], ["10.0.0.0/8"]).Allows(address).ShouldBeFalse();
        Policy([], ["::ffff:10.0.0.0/104"]).Allows(address).ShouldBeFalse("denied as mapped addresses");
        Policy([], ["10.9.8.7/32"]).Allows(address).ShouldBeFalse("denied alone");
        Policy([], ["11.0.0.0/8", "10.9.8.6/32"]).Allows(address).ShouldBeTrue("another is denied");
        Policy([], []).Allows(address).ShouldBeTrue("nothing is denied");
    }

    [Theory]
    [InlineData("64:ff9b::10.9.8.7", "64:ff9b::/96", true)] // named outright
    [InlineData("64:ff9b::10.9.8.7", "::/0", false)] // reaches IPv4, which is not allowed
    [InlineData("64:ff9b::192.0.2.1", "::/0", true)]
    [InlineData("2002:a09:807::1", "2000::/3", false)]
    [InlineData("2002:a09:807::1", "2002::/16", true)]
    [InlineData("2002:c000:201::1", "2000::/3", true)]
    [InlineData("2001:0:a09:807:8000:63bf:3fff:fdd2", "2000::/3", false)]
    [InlineData("2001:db8::5efe:10.9.8.7", "2001:db8::/32", false)]
    [InlineData("2001:db8::1", "2001:db8::/32", true)]
    public void Beside_an_allowed_network_what_is_reached_through_it_must_be_allowed_too(string address, string network, bool allowed)
        => Policy([network, "192.0.2.0/24"], []).Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.0/8")]
    [InlineData("0.0.0.0", "0.0.0.0/8")]
    [InlineData("::ffff:0.0.0.0", "127.0.0.0/8")]
    [InlineData("::", "127.0.0.0/8")]
    [InlineData("::", "::1/128")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.0/8")]
    public void The_address_that_stands_for_this_host_is_denied_with_its_loopback(string address, string network)
        => Policy([], [network]).Allows(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.0/8", true)]
    [InlineData("0.0.0.0", "10.0.0.0/8", false)]
    [InlineData("::", "::1/128", true)]
    [InlineData("::", "127.0.0.0/8", false)]
    public void The_address_that_stands_for_this_host_is_allowed_with_its_loopback(string address, string network, bool allowed)
        => Policy([network], []).Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public void To_deny_all_of_IPv6_does_not_deny_IPv4_in_its_other_spelling()
    {
        var policy = Policy([], ["::/0"]);

        policy.Allows(IPAddress.Parse("192.0.2.1")).ShouldBeTrue();
        policy.Allows(IPAddress.Parse("::ffff:192.0.2.1")).ShouldBeTrue();
        policy.Allows(IPAddress.Parse("2001:db8::1")).ShouldBeFalse();
    }

    private static TargetPolicy Policy(string[] allow, string[] deny) => new([.. allow.Select(text => IPNetwork.Parse(text))], [.. deny.Select(text => IPNetwork.Parse(text))]);
}
