using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Books;

public class BooksTests
{
    private static readonly Arbitrary<(int Kind, int How)[]> Steps = Gen.Zip(Gen.Choose(0, 19), Gen.Choose(0, 60)).ArrayOf().ToArbitrary();

    [Fact]
    public void In_any_order_of_events_each_slot_has_one_record_and_what_is_acknowledged_is_stored()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(150), Prop.ForAll(Steps, steps => Run(steps, mostDecisions: 200_000)));

    [Fact]
    public void Also_when_decisions_have_to_be_given_up()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(150), Prop.ForAll(Steps, steps => Run(steps, mostDecisions: 5)));

    [Fact]
    public void Also_over_the_real_store()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(20).WithEndSize(80), Prop.ForAll(Steps, steps =>
        {
            var folder = Directory.CreateTempSubdirectory("actormonitor-books-");
            try
            {
                return Run(steps, mostDecisions: 200_000, folder.FullName);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }));

    [Fact]
    public void A_clock_that_is_set_back_over_the_end_of_a_schedule_leaves_no_slot_without_a_record()
        => Run([(14, 59), (19, 51), (10, 60), (2, 31), (15, 27), (14, 28), (2, 27), (6, 8), (0, 18), (7, 12), (0, 60), (0, 37), (13, 46), (1, 28), (18, 21), (7, 45), (10, 9), (11, 24), (2, 26), (1, 34)], 5);

    [Fact]
    public void A_result_that_came_when_its_instant_was_no_slot_closes_none_that_it_has_become()
        => Run([(12, 5), (2, 59), (8, 50), (10, 11), (14, 41), (11, 39), (2, 41), (4, 4), (10, 24), (17, 20), (16, 24), (14, 11), (17, 33), (0, 23), (13, 31), (18, 18), (5, 12), (18, 43), (1, 27), (1, 39), (3, 16), (9, 21), (19, 2)], 200_000);

    private static bool Run((int Kind, int How)[] steps, int mostDecisions, string? folder = null)
    {
        using var model = new BooksModel(mostDecisions, folder);
        foreach (var (kind, how) in steps)
            model.Do(kind, how);
        model.Settle();
        return true;
    }
}
