using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.Host.NodeCommands;

/// <summary>
/// <c>actors tree</c>: the actors of a node, what they are, and how many messages wait for each. It looks at them without sending
/// them anything, so that it shows a stuck one too.
/// </summary>
internal static class ActorsCommand
{
    private const string User = "/user";
    private const string SystemPart = "/system";
    private const int Shown = 12;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly Setting<string> PathOf = Setting.Text(
        "path", User, "where the tree begins", "a path such as /user/monitor", text => IsUnder(text, User) || IsUnder(text, SystemPart));

    private static readonly Setting<int?> Depth = Setting.OptionalInteger("depth", 0, 100, "how many levels below it");
    private static readonly Setting<bool> All = Setting.Flag("all", false, $"all of an actor's children, where otherwise more than {Shown} are folded");

    public static ShellCommand Of(ActorSystem system, TimeProvider time) => new()
    {
        Palette = "actors",
        Verb = "tree",
        Summary = "the node's actors, what each is, and how many messages wait for it",
        Parameters =
        [
            ShellParameter.OptionalArgument(PathOf) with { Candidates = token => CandidatesAsync(system, time, token) },
            ShellParameter.Option(Depth),
            ShellParameter.Option(All),
        ],
        Run = (invocation, cancellationToken) => RunAsync(system, time, invocation, cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(
        ActorSystem system, TimeProvider time, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = invocation.Read(PathOf).TrimEnd('/');
        var (root, problem) = await FindAsync(system, time, path, cancellationToken);
        if (root is null)
        {
            yield return new Failure(problem);
            yield break;
        }

        yield return new TableHeader(
            new ShellColumn("actor"), new ShellColumn("type"), new ShellColumn("mailbox", ColumnKind.Number), new ShellColumn("children", ColumnKind.Number));
        foreach (var row in Rows(root, invocation.Read(Depth) ?? int.MaxValue, invocation.Read(All)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private static IEnumerable<TableRow> Rows(IActorRef actor, int depth, bool all)
    {
        var children = ChildrenOf(actor);
        yield return new TableRow(actor.Path.ToStringWithoutAddress(), TypeOf(actor), WaitingFor(actor), (long)children.Count);
        if (depth == 0)
            yield break;

        // The same in each run, and a folded part that says what it hides: who has messages waiting is among those that are shown.
        var shown = all || children.Count <= Shown
            ? children
            : [.. children.OrderByDescending(child => WaitingFor(child) ?? 0).Take(Shown).OrderBy(child => child.Path.Name, StringComparer.Ordinal)];
        foreach (var child in shown)
        {
            foreach (var row in Rows(child, depth - 1, all))
                yield return row;
        }

        if (shown.Count < children.Count)
        {
            var hidden = children.Except(shown).ToArray();
            var types = hidden.Select(child => TypeOf(child).ToString()).Distinct(StringComparer.Ordinal).Take(3);
            yield return new TableRow(
                $"{actor.Path.ToStringWithoutAddress()}/... ({hidden.Length:N0} more; --all shows them)", string.Join(", ", types), hidden.Sum(child => WaitingFor(child) ?? 0), ShellValue.None);
        }
    }

    private static async Task<(IActorRef? Actor, string Problem)> FindAsync(ActorSystem system, TimeProvider time, string path, CancellationToken cancellationToken)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (guardian, problem) = await GuardianAsync(system, time, "/" + names[0], cancellationToken);
        if (guardian is null)
            return (null, problem);
        var actor = guardian;
        foreach (var name in names.Skip(1))
        {
            var children = ChildrenOf(actor);
            if (children.FirstOrDefault(child => child.Path.Name == name) is not { } next)
            {
                var there = children.Select(child => child.Path.Name).ToArray();
                return (null, $"There is no actor {path}: {actor.Path.ToStringWithoutAddress()} has no child {name}.{ClosestNames.Question(name, there)}");
            }

            actor = next;
        }

        return (actor, "");
    }

    // Only the guardians are asked for, as nobody holds them; they do nothing that could keep them from answering for long.
    private static async Task<(IActorRef? Guardian, string Problem)> GuardianAsync(ActorSystem system, TimeProvider time, string path, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var identity = await system.ActorSelection(path).Ask<ActorIdentity>(new Identify(path), timeout: null, ends.Token);
            return (identity.Subject, $"There is no actor {path}.");
        }
        catch (Exception e) when (e is OperationCanceledException or AskTimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"actors tree timed out: {path} did not answer within {Deadline.TotalSeconds} s.");
        }
    }

    private static async Task<IReadOnlyCollection<string>> CandidatesAsync(ActorSystem system, TimeProvider time, CancellationToken cancellationToken)
    {
        const int most = 200;
        var (user, _) = await GuardianAsync(system, time, User, cancellationToken);
        return user is null ? [] : [.. Walk(user).Take(most).Select(actor => actor.Path.ToStringWithoutAddress())];
    }

    private static IEnumerable<IActorRef> Walk(IActorRef actor) => ChildrenOf(actor).SelectMany(Walk).Prepend(actor);

    private static List<IActorRef> ChildrenOf(IActorRef actor)
        => actor is ActorRefWithCell cell ? [.. cell.Children.OrderBy(child => child.Path.Name, StringComparer.Ordinal)] : [];

    private static ShellValue TypeOf(IActorRef actor) => actor is ActorRefWithCell { Underlying: { } cell } ? cell.Props.Type.Name : ShellValue.None;

    private static long? WaitingFor(IActorRef actor) => actor is ActorRefWithCell { Underlying: { } cell } ? cell.NumberOfMessages : null;

    private static bool IsUnder(string text, string root)
        => text.Length <= 2048 && (text.TrimEnd('/') == root || text.StartsWith(root + "/", StringComparison.Ordinal)) && !text.Any(char.IsControl);
}
