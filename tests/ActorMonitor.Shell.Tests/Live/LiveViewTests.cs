using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Live;

public sealed class LiveViewTests
{
    private int _pictures;

    [Fact]
    public async Task As_many_pictures_as_asked_for_each_begin_with_a_frame()
    {
        var asked = SampleNode.CommandSet(null, [Top()]).Resolve(["top", "--every", "100ms", "--count", "2"]);

        var outputs = new List<ShellOutput>();
        await foreach (var output in asked.Command!.Run(asked.Invocation!, CancellationToken.None))
            outputs.Add(output);

        outputs.ShouldBe([new Frame(), new TextLine("picture 1"), new Frame(), new TextLine("picture 2")]);
    }

    [Fact]
    public async Task A_view_that_is_left_makes_no_more_pictures()
    {
        using var leave = new CancellationTokenSource();
        var outputs = new List<ShellOutput>();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var output in Top().Run(new ShellInvocation(SettingMap.Empty), leave.Token))
            {
                outputs.Add(output);
                if (outputs.Count == 2)
                    await leave.CancelAsync();
            }
        });

        outputs.Select(output => output.GetType()).ShouldBe([typeof(Frame), typeof(TextLine)]);
    }

    [Theory]
    [InlineData("--every", "1ms")]
    [InlineData("--count", "0")]
    public void A_pace_without_sense_is_refused(string option, string value)
        => SampleNode.CommandSet(null, [Top()]).Resolve(["top", option, value]).Command.ShouldBeNull();

    [Fact]
    public void The_figures_of_this_process_are_those_of_a_process()
    {
        var figures = new ProcessFigures(TimeProvider.System);

        var reading = figures.Read();

        reading.Started.ShouldBeLessThan(TimeProvider.System.GetUtcNow());
        reading.Uptime.ShouldBeInRange(TimeSpan.Zero, TimeProvider.System.GetUtcNow() - reading.Started);
        reading.Cores.ShouldNotBeNull().ShouldBeInRange(0, Environment.ProcessorCount + 0.5);
        reading.HeapBytes.ShouldBeInRange(1, reading.WorkingSetBytes * 4);
        reading.Threads.ShouldBeGreaterThan(1);
        figures.Row().Values.Length.ShouldBe(ProcessFigures.Header.Columns.Length);
    }

    private ShellCommand Top() => new()
    {
        Palette = "top",
        Summary = "a live view",
        Streams = true,
        Parameters = LiveView.Parameters,
        Run = (invocation, cancellationToken) => LiveView.RunAsync(invocation, TimeProvider.System, Picture, cancellationToken),
    };

    private async IAsyncEnumerable<ShellOutput> Picture([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return new TextLine($"picture {++_pictures}");
    }
}
