using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>A command of a node: what it is called, what it takes, and what it does.</summary>
public sealed record ShellCommand
{
    /// <summary>The first word, shared by commands about one thing, for example <c>clients</c>.</summary>
    public required string Palette { get; init; }

    /// <summary>The second word, for example <c>list</c>; empty for what the palette's name alone does.</summary>
    public string Verb { get; init; } = "";

    /// <summary>What it does, in a few words, in lower case and without a full stop.</summary>
    public required string Summary { get; init; }

    /// <summary>Single words that mean the same, for example <c>list_clients</c>.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The arguments in their order, and the options.</summary>
    public ImmutableArray<ShellParameter> Parameters { get; init; } = [];

    /// <summary>Whether it changes the node, and so needs the node's token.</summary>
    public bool Changes { get; init; }

    /// <summary>Whether it goes on until its caller leaves or the node stops, as <c>results tail</c> does: it has no time limit and no bound on its lines.</summary>
    public bool Streams { get; init; }

    /// <summary>Performs it. What it yields is shown as it comes; the token ends it.</summary>
    public required Func<ShellInvocation, CancellationToken, IAsyncEnumerable<ShellOutput>> Run { get; init; }

    /// <summary>Both words.</summary>
    public string Name => Verb.Length == 0 ? Palette : $"{Palette} {Verb}";
}
