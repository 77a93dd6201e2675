using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>
/// The frame loop of a live view such as <c>top</c>: a picture at once, then one every so often, until its caller leaves or
/// as many are shown as were asked for. A command that has one sets <see cref="ShellCommand.Streams"/>, takes
/// <see cref="Parameters"/> and returns <see cref="RunAsync"/>; the first output of each picture is a <see cref="Frame"/>.
/// </summary>
public static class LiveView
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(1);

    private static readonly Setting<TimeSpan?> Every = Setting.OptionalDuration(
        "every", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), "the time from one picture to the next; a second when it is left out");

    private static readonly Setting<int?> Count = Setting.OptionalInteger("count", 1, 1_000_000, "ends after so many pictures; without it the view goes on until it is left");

    /// <summary>The options <c>--every</c> and <c>--count</c>.</summary>
    public static ImmutableArray<ShellParameter> Parameters { get; } = [ShellParameter.Option(Every), ShellParameter.Option(Count)];

    /// <summary>Shows the pictures.</summary>
    /// <param name="invocation">What was typed.</param>
    /// <param name="time">The clock of the pictures.</param>
    /// <param name="picture">Makes one picture, without its <see cref="Frame"/>. It keeps deadlines of its own: the next one waits for it.</param>
    /// <param name="cancellationToken">Ends the view.</param>
    public static async IAsyncEnumerable<ShellOutput> RunAsync(
        ShellInvocation invocation,
        TimeProvider time,
        Func<CancellationToken, IAsyncEnumerable<ShellOutput>> picture,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        ArgumentNullException.ThrowIfNull(picture);
        var most = invocation.Read(Count) ?? int.MaxValue;
        using var timer = new PeriodicTimer(invocation.Read(Every) ?? Default, time);
        for (var shown = 1; ; shown++)
        {
            yield return new Frame();
            await foreach (var output in picture(cancellationToken))
                yield return output;
            if (shown >= most || !await timer.WaitForNextTickAsync(cancellationToken))
                yield break;
        }
    }
}
