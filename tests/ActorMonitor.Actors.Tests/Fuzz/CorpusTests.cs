using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Fuzz;

/// <summary>Inputs that fuzz runs have found, one for each way to end: none of them crashes, hangs or allocates beyond the bound.</summary>
public class CorpusTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public Task Frames_of_the_corpus_are_read_or_refused() => RunAllAsync(new FrameTarget());

    [Fact]
    public Task Texts_of_the_corpus_are_read_or_refused() => RunAllAsync(new HoconTarget());

    private static async Task RunAllAsync(IFuzzTarget target)
    {
        await using var ended = target;
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", target.Name));
        files.ShouldNotBeEmpty();
        foreach (var seed in target.Seeds)
            target.Run(seed);

        await Task.Run(() =>
        {
            foreach (var file in files)
            {
                var input = File.ReadAllBytes(file);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Should.NotThrow(() => target.Run(input), Path.GetFileName(file));
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(target.AllowedBytes, Path.GetFileName(file));
            }
        }).WaitAsync(Patience);
    }
}
