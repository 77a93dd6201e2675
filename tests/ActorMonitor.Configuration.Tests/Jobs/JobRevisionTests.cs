using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class JobRevisionTests
{
    private static readonly CheckDefinition Check = new(
        new JobId("a"), "https", "h", 443, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), SettingMap.Empty.With("path", "/"), SettingMap.Empty);

    // Computed outside this program, from the layout that JobRevision describes.
    [Fact]
    public void The_revision_is_the_same_in_every_process() => JobRevision.Of(Check).ShouldBe(6771728254052326754);

    [Fact]
    public void Every_part_of_the_definition_changes_it()
    {
        CheckDefinition[] others =
        [
            Check with { Job = new JobId("b") },
            Check with { Service = "http" },
            Check with { Host = "i" },
            Check with { Port = 444 },
            Check with { Interval = TimeSpan.FromSeconds(11) },
            Check with { Timeout = TimeSpan.FromSeconds(4) },
            Check with { Settings = SettingMap.Empty.With("path", "/x") },
            Check with { Settings = SettingMap.Empty.With("path", SettingValue.ListOf(["/"])) },
            Check with { Settings = SettingMap.Empty, Expectations = Check.Settings },
        ];

        others.Select(JobRevision.Of).Append(JobRevision.Of(Check)).ShouldBeUnique();
    }

    [Fact]
    public void Order_comments_and_labels_do_not_change_it()
    {
        var one = Reading.Job("""{ "name": "a", "service": "http", "host": "h", "expect": { "body": { "contains": "x" }, "certificateDays": 3 } }""");
        var other = Reading.Job("""{ "host": "h", "service": "HTTP", "name": "a", "labels": { "x": "y" }, "expect": { "certificateDays": 3.0, "body": { "contains": "x" } } /* c */ }""");

        other.Revision.ShouldBe(one.Revision);
    }
}
