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
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf:ffff::1")]
    [InlineData("fd00:ec2::254")]
    public void Link_local_and_metadata_addresses_are_denied_by_default(string address)
        => TargetPolicy.Default.Allows(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("fec0::1")]
    [InlineData("fd00:ec3::1")]
    [InlineData("10.0.0.1")]
    public void Everything_else_is_allowed_by_default(string address)
        => TargetPolicy.Default.Allows(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("10.1.66.1", false)]
    [InlineData("::1", false)]
    public void With_an_allow_list_only_what_it_holds_and_deny_does_not_is_allowed(string address, bool allowed)
        => new TargetPolicy([IPNetwork.Parse("10.1.0.0/16")], [IPNetwork.Parse("10.1.66.0/24")]).Allows(IPAddress.Parse(address)).ShouldBe(allowed);
}
