using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Books;

public class BooksTests
{
    private static readonly Arbitrary<(int Kind, int How)[]> Steps = Gen.Zip(Gen.Choose(0, 16), Gen.Choose(0, 60)).ArrayOf().ToArbitrary();

    [Fact]
    public void In_any_order_of_events_each_slot_has_one_record_and_what_is_acknowledged_is_stored()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(150), Prop.ForAll(Steps, steps => Run(steps, mostDecisions: 200_000)));

    [Fact]
    public void Also_when_decisions_have_to_be_given_up()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(150), Prop.ForAll(Steps, steps => Run(steps, mostDecisions: 5)));

    private static bool Run((int Kind, int How)[] steps, int mostDecisions)
    {
        var model = new BooksModel(mostDecisions);
        foreach (var (kind, how) in steps)
            model.Do(kind, how);
        model.Settle();
        return true;
    }
}
