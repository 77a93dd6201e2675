using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class StreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ShellCommand Tail => SampleNode.Command("tail", cancellationToken => SampleNode.Waits(_began, _ended, _go.Task, cancellationToken)) with { Streams = true };

    [Fact]
    public async Task A_stream_outlives_the_bound_on_commands_and_says_that_it_is_alive()
    {
        var time = new FiringTime();
        await using var node = new SampleNode(null, [Tail], time);
        await node.Endpoint.StartAsync(CancellationToken.None);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Address}/pbm/v1") { Content = new StringContent("{\"line\":[\"tail\"]}") };
        request.Headers.Add("X-Pbm", "1");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync().WaitAsync(Patience)).ShouldBe("{\"kind\":\"text\",\"text\":\"began\"}");

        time.Fire(CommandRun.AliveEvery);

        (await lines.ReadLineAsync().WaitAsync(Patience)).ShouldBe("{\"kind\":\"alive\"}");
        time.Has(CommandRun.DefaultTimeout).ShouldBeFalse();
        _go.SetResult();
        (await lines.ReadLineAsync().WaitAsync(Patience)).ShouldBe("{\"kind\":\"text\",\"text\":\"went on\"}");
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_streams()
    {
        await using var node = await SampleNode.StartAsync(null, Tail);
        var run = node.PbmAsync("tail");
        await _began.Task.WaitAsync(Patience);

        await node.Endpoint.StopAsync(CancellationToken.None).WaitAsync(Patience);

        (await run.WaitAsync(Patience)).ShouldBe(new PbmRun(1, "began\n", "pbm: The node is stopping.\n"));
        await _ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Streams_have_a_bound_of_their_own_and_leave_room_for_commands()
    {
        await using var node = await SampleNode.StartAsync(settings => settings with { MaxConcurrentStreams = 1, MaxConcurrentCommands = 1 }, Tail);
        var run = node.PbmAsync("tail");
        await _began.Task.WaitAsync(Patience);

        var second = await node.PbmAsync("tail");
        var look = await node.PbmAsync("ledger", "shop");

        second.Exit.ShouldBe(4);
        second.Error.ShouldBe("pbm: The node serves 1 live views already; end one and try again.\n");
        look.ShouldBe(new PbmRun(0, "ledger of shop\n", ""));
        _go.SetResult();
        (await run.WaitAsync(Patience)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_may_say_more_lines_than_a_command()
    {
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("flood", Flood) with { Streams = true });

        var run = await node.PbmAsync("flood");

        run.Exit.ShouldBe(0);
        run.Output.Count(c => c == '\n').ShouldBe(CommandRun.MaxLines + 10);
    }

    private static async IAsyncEnumerable<ShellOutput> Flood([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < CommandRun.MaxLines + 10; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new TextLine("x");
        }

        await Task.CompletedTask;
    }
}
