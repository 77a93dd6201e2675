using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class PathTests
{
    [Theory]
    [InlineData("akka.tcp://name@host:1234/user/a/b#42")]
    [InlineData("akka://name/user")]
    [InlineData("akka.tcp://name@[::1]:1234/user/a")]
    [InlineData("akka://name/user/a%20b")]
    public void A_path_reads_back_as_it_was_written(string text) => ActorPath.Parse(text).ToSerializationFormat().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("user/a")]
    [InlineData("://name/user")]
    [InlineData("akka://")]
    [InlineData("akka://@host:1/user")]
    [InlineData("akka://name@host:99999/user")]
    [InlineData("akka://name@host:x/user")]
    [InlineData("akka://name@/user")]
    [InlineData("akka://name@[::1/user")]
    [InlineData("akka://name/user/a b")]
    [InlineData("akka://name/user/a#")]
    [InlineData("akka://name/user/a#b")]
    [InlineData("akka://name/user/a#-1")]
    [InlineData("akka://name/us#1/a")]
    [InlineData("akka://name/user/%g0")]
    public void What_is_no_path_is_refused(string? text) => ActorPath.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Paths_are_equal_whatever_their_uid()
    {
        var path = new RootActorPath(new Address("akka", "name")) / "user" / "a";

        (path.WithUid(7) == path).ShouldBeTrue();
        path.WithUid(7).GetHashCode().ShouldBe(path.GetHashCode());
        (path == path.Parent / "b").ShouldBeFalse();
        (path == new RootActorPath(new Address("akka", "other")) / "user" / "a").ShouldBeFalse();
    }

    [Fact]
    public void A_path_tells_its_parts()
    {
        var path = ActorPath.Parse("akka.tcp://name@host:1/user/a/b#3");

        path.Elements.ShouldBe(["user", "a", "b"]);
        path.Name.ShouldBe("b");
        path.Uid.ShouldBe(3);
        path.ToStringWithoutAddress().ShouldBe("/user/a/b");
        path.ToString().ShouldBe("akka.tcp://name@host:1/user/a/b");
        path.Root.ToString().ShouldBe("akka.tcp://name@host:1/");
        path.Address.ShouldBe(new Address("akka.tcp", "name", "HOST", 1));
        (path.Root / "user" / "x").ToStringWithAddress(new Address("akka.tcp", "n", "h", 2)).ShouldBe("akka.tcp://name@host:1/user/x");
        (new RootActorPath(new Address("akka", "n")) / "user").ToSerializationFormatWithAddress(new Address("akka.tcp", "n", "h", 2))
            .ShouldBe("akka.tcp://n@h:2/user");
    }
}
