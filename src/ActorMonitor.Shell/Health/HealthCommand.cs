using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>The command <c>health</c>, the same on each kind of node.</summary>
public static class HealthCommand
{
    private static readonly Setting<string?> Clear = Setting.OptionalText("clear", "takes back what this check has said for an operator to see, such as a damaged file set aside");

    /// <summary>The command over a node's board.</summary>
    public static ShellCommand Of(NodeHealth health) => new()
    {
        Palette = "health",
        Summary = "how the node's parts are, and what is wrong with them; exit code 1 when one has failed",
        Parameters = [ShellParameter.ChangingOption(Clear)],
        Run = (invocation, cancellationToken) => RunAsync(health, invocation.Read(Clear), cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(NodeHealth health, string? clear, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        var refusal = clear is null ? null : TryClear(health, clear);
        var checks = health.Checks;
        yield return new TableHeader("check", "status", new ShellColumn("since", ColumnKind.Instant), "message");
        foreach (var check in checks)
            yield return new TableRow(check.Name, check.Status.ToString(), check.Since, check.Message);
        if (refusal is not null)
            yield return new Failure(refusal);
        if (checks.Any(check => check.Status == HealthStatus.Failed))
            yield return new Failure($"Failed: {string.Join(", ", checks.Where(check => check.Status == HealthStatus.Failed).Select(Named))}.");
    }

    private static string? TryClear(NodeHealth health, string name)
    {
        if (health.Clear(name))
            return null;
        var names = health.Checks.Select(check => check.Name).ToImmutableArray();
        return names.Contains(name)
            ? $"{name} has said nothing that can be cleared: it is well again when its cause is gone."
            : $"There is no check \"{name}\".{ClosestNames.Question(name, names)}";
    }

    private static string Named(HealthCheck check) => check.IsSticky ? $"{check.Name} (health --clear \"{check.Name}\" when you have seen it)" : check.Name;
}
