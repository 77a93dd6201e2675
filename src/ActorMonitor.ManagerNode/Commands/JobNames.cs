using System.Collections.Immutable;
using System.IO.Enumeration;
using ActorMonitor.Shell;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>Names as operators type them: as they are, or with <c>*</c> for anything and <c>?</c> for one character.</summary>
internal static class JobNames
{
    /// <summary>What help says of it.</summary>
    public const string Patterns = "* stands for anything, ? for one character";

    /// <summary>Whether a name is meant.</summary>
    public static bool IsMeant(string typed, string name) => typed == name || (IsPattern(typed) && FileSystemName.MatchesSimpleExpression(typed, name, ignoreCase: false));

    /// <summary>All names meant, in their order; or what is wrong: each that is typed has to mean something.</summary>
    public static (ImmutableArray<string> Meant, ImmutableArray<string> Problems) Find(IReadOnlyCollection<string> typed, ImmutableArray<string> names, string thing, string listing)
    {
        var known = names.ToHashSet(StringComparer.Ordinal);
        HashSet<string> meant = new(StringComparer.Ordinal);
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var each in typed)
        {
            if (known.Contains(each))
                _ = meant.Add(each);
            else if (!IsPattern(each))
                problems.Add($"There is no {thing} \"{each}\".{ClosestNames.Question(each, names)} Try: {listing}");
            else if (names.Where(name => IsMeant(each, name)).ToList() is { Count: > 0 } found)
                meant.UnionWith(found);
            else
                problems.Add($"No {thing} is called \"{each}\". Try: {listing}");
        }

        return ([.. names.Where(meant.Contains)], problems.ToImmutable());
    }

    private static bool IsPattern(string typed) => typed.AsSpan().IndexOfAny('*', '?') >= 0;
}
