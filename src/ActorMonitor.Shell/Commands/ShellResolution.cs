using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>What a line means: a command to run, or an answer that is already there (help, or what is wrong with the line).</summary>
internal sealed record ShellResolution
{
    private ShellResolution(ShellCommand? command, ShellInvocation? invocation, ImmutableArray<ShellOutput> answer, int exit)
        => (Command, Invocation, Answer, Exit) = (command, invocation, answer, exit);

    public ShellCommand? Command { get; }

    public ShellInvocation? Invocation { get; }

    /// <summary>Whether it changes the node: the command does, or an option that was given makes it.</summary>
    public bool Changes => Command is { } command && Invocation is { } invocation
        && (command.Changes || command.Parameters.Any(parameter => parameter.Changes && invocation.Has(parameter.Setting)));

    public ImmutableArray<ShellOutput> Answer { get; }

    public int Exit { get; }

    public static ShellResolution Run(ShellCommand command, ShellInvocation invocation) => new(command, invocation, [], ShellExit.Ok);

    public static ShellResolution Help(string text) => new(null, null, [new TextLine(text)], ShellExit.Ok);

    public static ShellResolution Usage(string problem) => new(null, null, [new Failure(problem)], ShellExit.Usage);
}
