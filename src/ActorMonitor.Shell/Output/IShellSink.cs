namespace ActorMonitor.Shell;

/// <summary>Where a command's outputs go: onto the wire, or rendered for people or programs.</summary>
internal interface IShellSink
{
    protected static readonly TimeSpan UsualPatience = TimeSpan.FromMilliseconds(200);

    /// <summary>How long an output may wait for others before <see cref="AliveAsync"/> has to be called.</summary>
    TimeSpan Patience => UsualPatience;

    ValueTask WriteAsync(ShellOutput output);

    /// <summary>Passes on what can be shown already; called before a wait.</summary>
    ValueTask FlushAsync();

    /// <summary>Says that the command still runs though it has nothing to say; what waits for more is shown as it is.</summary>
    ValueTask AliveAsync();

    /// <summary>Shows the rest: the reply is complete.</summary>
    ValueTask EndAsync();
}
