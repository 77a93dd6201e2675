using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Checks;

public class JobIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("shop / checkout (ünïcode) ☃")]
    [InlineData(" ")]
    public void A_name_without_control_characters_is_a_job_name(string name) => new JobId(name).Name.ShouldBe(name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("\u001b[2J")]
    [InlineData("\u0085")]
    public void An_empty_name_or_one_with_control_characters_is_none(string? name)
    {
        JobId.IsValid(name).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => new JobId(name!));
    }

    [Fact]
    public void A_name_has_at_most_128_characters()
    {
        JobId.IsValid(new string('j', 128)).ShouldBeTrue();
        JobId.IsValid(new string('j', 129)).ShouldBeFalse();
    }

    [Fact]
    public void Names_are_told_apart_by_case()
    {
        new JobId("a").ShouldBe(new JobId("a"));
        new JobId("a").ShouldNotBe(new JobId("A"));
    }

    [Fact]
    public void The_default_has_an_empty_name_and_does_not_throw() => default(JobId).ToString().ShouldBe("");
}

public class SlotTests
{
    [Fact]
    public void A_slot_is_its_due_instant()
        => new Slot(1_795_342_501_500).Due.ShouldBe(new DateTimeOffset(2026, 11, 22, 10, 15, 1, 500, TimeSpan.Zero));

    [Fact]
    public void Slots_and_epochs_are_ordered()
    {
        var (early, late) = (new Slot(1), new Slot(2));
        (early < late, early <= late, early > late, early >= late, early >= new Slot(1), early <= new Slot(1)).ShouldBe((true, true, false, false, true, true));

        var (old, young) = (new Epoch(1), new Epoch(2));
        (old < young, old <= young, old > young, old >= young, old >= new Epoch(1), old <= new Epoch(1)).ShouldBe((true, true, false, false, true, true));
        new[] { young, old }.Order().ShouldBe([old, young]);
    }
}

public class IdentityTests
{
    [Fact]
    public void A_session_key_is_never_printed()
    {
        var key = SessionKey.New();

        new Heartbeat(key, 1, 1, 0, 0).ToString().ShouldNotContain(key.Value.ToString("N")[..8]);
        key.ToString().ShouldBe("(session key)");
    }

    [Fact]
    public void A_token_is_never_printed()
        => new Connect(1, NodeId.New(), "m", default, "hush", default).ToString().ShouldNotContain("hush");

    [Fact]
    public void Only_the_same_key_matches()
    {
        var key = SessionKey.New();

        key.Matches(new SessionKey(key.Value)).ShouldBeTrue();
        key.Matches(SessionKey.New()).ShouldBeFalse();
        key.Matches(default).ShouldBeFalse();
    }

    [Fact]
    public void New_identities_differ() => Enumerable.Range(0, 100).Select(_ => NodeId.New()).Distinct().Count().ShouldBe(100);
}
