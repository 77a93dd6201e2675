using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Prompt;

public sealed class CompletionTests
{
    private readonly List<string> _asked = [];
    private string[] _candidates = [];

    [Theory]
    [InlineData("jo", "jobs", "jobs ")]
    [InlineData("jobs ", "list pause", "jobs |list pause")]
    [InlineData("jobs p", "pause poke", "jobs p|pause poke")]
    [InlineData("jobs l", "list", "jobs list ")]
    [InlineData("jobs L", "list", "jobs list ")]
    [InlineData("jobs show g", "google goo", "jobs show goo")]
    [InlineData("jobs show goo", "google goo", "jobs show goo|goo google")]
    [InlineData("jobs show x", "google", "jobs show x")]
    [InlineData("jobs list --l", "--limit", "jobs list --limit ")]
    [InlineData("jobs list --limit", "--limit=", "jobs list --limit=")]
    public async Task Tab_goes_as_far_as_all_agree(string typed, string candidates, string after) => (await TabAsync(typed, candidates.Split(' '))).ShouldBe(after);

    [Theory]
    [InlineData("jobs show my", "jobs show \"my job")]
    [InlineData("jobs show \"my", "jobs show \"my job")]
    [InlineData("jobs show 'my", "jobs show \"my job")]
    [InlineData("jobs show \"my job ", "jobs show \"my job 2\" ")]
    public async Task Names_with_spaces_are_quoted(string typed, string after) => (await TabAsync(typed, "my job", "my job 2")).ShouldBe(after);

    [Fact]
    public async Task What_was_completed_is_the_name_again()
    {
        foreach (var name in new[] { "a \"b\"", "c:\\ d", "it's", "\"", "日本 x" })
        {
            var typed = await TabAsync("jobs show ", name);
            LineWords.Split(typed)!.ShouldBe(["jobs", "show", name]);
        }
    }

    [Fact]
    public async Task The_node_is_asked_without_pbms_own_options()
    {
        await TabAsync("jobs --output json list --watch 2s --sta", "--state");
        await TabAsync("jobs pause \"a b\" c", "clock");
        await TabAsync("jobs ", "list");

        _asked.ShouldBe(["jobs|list|--sta", "jobs|pause|a b|c", "jobs|"]);
    }

    [Fact]
    public async Task Pbms_own_words_are_completed_too()
    {
        (await TabAsync("ex")).ShouldBe("exit ");
        (await TabAsync("cl", "clients list", "clients show")).ShouldBe("cl|clear clients list clients show");
        (await TabAsync("jobs list --o")).ShouldBe("jobs list --output ");
        (await TabAsync("jobs list --w", "--wide")).ShouldBe("jobs list --w|--watch --wide");
        _asked.Clear();
        (await TabAsync("jobs list --output j")).ShouldBe("jobs list --output json ");
        (await TabAsync("jobs list --color=a")).ShouldBe("jobs list --color=a|--color=always --color=auto");
        (await TabAsync("jobs list --color ")).ShouldBe("jobs list --color |always auto never");
        _asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_two_dashes_there_are_no_options_of_pbm()
    {
        (await TabAsync("check -- --o")).ShouldBe("check -- --o");
        _asked.ShouldBe(["check|--|--o"]);
    }

    [Fact]
    public async Task What_a_name_cannot_be_is_not_offered()
        => (await TabAsync("jobs show g", "g\e[31m", "g\u202e", "g" + new string('x', 300), "", "good")).ShouldBe("jobs show good ");

    [Fact]
    public void Names_are_listed_in_columns_that_fit()
    {
        string[] names = [.. Enumerable.Range(1, 7).Select(i => $"name-{i}")];

        CandidateList.Lines(names, 30).ShouldBe(["name-1  name-3  name-5  name-7", "name-2  name-4  name-6"]);
        CandidateList.Lines(names, 5).First().ShouldBe("name…");
        CandidateList.Lines([], 30).ShouldBeEmpty();
    }

    [Fact]
    public void Of_ten_thousand_names_a_hundred_are_listed()
    {
        var lines = CandidateList.Lines([.. Enumerable.Range(0, 10_000).Select(i => $"job-{i:00000}")], 80).ToArray();

        lines[^1].ShouldBe("… and 9900 more; type more of it");
        lines.ShouldAllBe(line => TerminalText.Width(line) <= 80);
        lines.SkipLast(1).Sum(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length).ShouldBe(100);
    }

    private async Task<string> TabAsync(string typed, params string[] candidates)
    {
        _candidates = candidates;
        var completion = await new Completer(AskAsync).CompleteAsync(typed, CancellationToken.None);
        if (completion.Possibilities.Count > 0)
            return typed + "|" + string.Join(' ', completion.Possibilities);
        return completion.Replacement is { } word ? typed[..completion.Start] + word : typed;
    }

    private Task<IReadOnlyList<string>> AskAsync(IReadOnlyList<string> line, CancellationToken cancellationToken)
    {
        _asked.Add(string.Join('|', line));
        return Task.FromResult<IReadOnlyList<string>>(_candidates);
    }
}
