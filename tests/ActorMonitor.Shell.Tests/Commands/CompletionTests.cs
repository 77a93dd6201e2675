using System.Collections.Immutable;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Commands;

public sealed class CompletionTests
{
    private static readonly Setting<ImmutableArray<string>> Hosts = Setting.TextList("hosts", "the hosts");

    private readonly Completion _completion = new(SampleNode.CommandSet(more:
    [
        SampleNode.Command("hosts", _ => SampleNode.Says()) with { Verb = "drop", Parameters = [ShellParameter.Argument(Hosts) with { Candidates = _ => Names("b", "A", "a c") }] },
    ]));

    [Theory]
    [InlineData("", "jobs ledger hosts help")]
    [InlineData("l", "ledger list_jobs")]
    [InlineData("JO", "jobs")]
    [InlineData("x", "")]
    public async Task The_first_word_is_a_palette_or_an_alias_that_is_begun(string word, string candidates)
        => (await OfAsync(word)).ShouldBe(Words(candidates));

    [Fact]
    public async Task The_second_word_is_a_verb() => (await OfAsync("jobs", "")).ShouldBe(["list", "pause"]);

    [Fact]
    public async Task Help_is_passed_over() => (await OfAsync("help", "jobs", "p")).ShouldBe(["pause"]);

    [Fact]
    public async Task Options_are_offered_that_are_not_given_yet()
        => (await OfAsync("jobs", "list", "--limit", "3", "--")).ShouldBe(["--state", "--since", "--quiet"]);

    [Fact]
    public async Task A_choice_offers_what_it_chooses_from() => (await OfAsync("list_jobs", "--state", "p")).ShouldBe(["paused"]);

    [Fact]
    public async Task A_flag_takes_no_value() => (await OfAsync("jobs", "list", "--quiet", "")).ShouldBeEmpty();

    [Fact]
    public async Task An_argument_offers_what_the_node_has_and_a_list_goes_on_doing_so()
    {
        (await OfAsync("hosts", "drop", "")).ShouldBe(["A", "a c", "b"]);
        (await OfAsync("hosts", "drop", "b", "a")).ShouldBe(["A", "a c"]);
    }

    [Fact]
    public async Task More_than_a_screenful_is_cut()
    {
        var many = new Completion(SampleNode.CommandSet(more:
        [
            SampleNode.Command("hosts", _ => SampleNode.Says()) with
            {
                Parameters = [ShellParameter.Argument(Hosts) with { Candidates = _ => Names([.. Enumerable.Range(0, 10_000).Select(i => $"host-{i:00000}")]) }],
            },
        ]));

        var candidates = await many.OfAsync(["hosts", "host-"], CancellationToken.None);

        candidates.Length.ShouldBe(Completion.MaxCandidates);
        candidates[0].ShouldBe("host-00000");
    }

    [Fact]
    public async Task A_node_that_does_not_say_in_time_offers_nothing()
    {
        var time = new FiringTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = new SampleNode(
            null,
            [
                SampleNode.Command("hosts", _ => SampleNode.Says()) with
                {
                    Parameters =
                    [
                        ShellParameter.Argument(Hosts) with
                        {
                            Candidates = async _ =>
                            {
                                asked.SetResult();
                                return await new TaskCompletionSource<IReadOnlyCollection<string>>().Task;
                            },
                        },
                    ],
                },
            ],
            time);
        await node.Endpoint.StartAsync(CancellationToken.None);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Address}/pbm/v1") { Content = new StringContent("{\"line\":[\"hosts\",\"\"],\"complete\":true}") };
        request.Headers.Add("X-Pbm", "1");
        using var http = new HttpClient();
        var reply = http.SendAsync(request);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));

        time.Fire(TimeSpan.FromMilliseconds(800));

        (await (await reply).Content.ReadAsStringAsync()).ShouldBe("{\"kind\":\"candidates\",\"candidates\":[]}\n{\"kind\":\"end\",\"exit\":0}\n");
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Task<IReadOnlyCollection<string>> Names(params string[] names) => Task.FromResult<IReadOnlyCollection<string>>(names);

    private Task<string[]> OfAsync(params string[] line) => _completion.OfAsync(line, CancellationToken.None);
}
