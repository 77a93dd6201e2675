using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>What a command takes. Name, type, default, bounds and meaning are the setting's.</summary>
public sealed record ShellParameter
{
    private ShellParameter(Setting setting, bool isArgument, bool isRequired, bool changes = false)
        => (Setting, IsArgument, IsRequired, Changes) = (setting, isArgument, isRequired, changes);

    /// <summary>Its description; <see cref="ShellInvocation.Read"/> reads it.</summary>
    public Setting Setting { get; }

    /// <summary>Whether it may stand without its name, by its place.</summary>
    public bool IsArgument { get; }

    /// <summary>Whether the command cannot do without it.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether a command that does not change the node does when this is given, and then needs the node's token.</summary>
    public bool Changes { get; }

    /// <summary>What may be typed here, for a prompt that completes it; null when only the setting's choices are known.</summary>
    public Func<CancellationToken, Task<IReadOnlyCollection<string>>>? Candidates { get; init; }

    /// <summary>An argument by its place that must be given; a list takes all that follow.</summary>
    public static ShellParameter Argument(Setting setting) => new(setting, isArgument: true, isRequired: true);

    /// <summary>An argument by its place that may be left out.</summary>
    public static ShellParameter OptionalArgument(Setting setting) => new(setting, isArgument: true, isRequired: false);

    /// <summary>An argument by its place that may be left out, and makes its command a changing one when it is given.</summary>
    public static ShellParameter ChangingArgument(Setting setting) => new(setting, isArgument: true, isRequired: false, changes: true);

    /// <summary>An option, <c>--name VALUE</c>; <c>--name</c> alone for a flag; a list may be given several times.</summary>
    public static ShellParameter Option(Setting setting) => new(setting, isArgument: false, isRequired: false);

    /// <summary>An option that makes its command a changing one.</summary>
    public static ShellParameter ChangingOption(Setting setting) => new(setting, isArgument: false, isRequired: false, changes: true);

    // How help shows the value.
    internal string Placeholder => Setting.Kind switch
    {
        SettingKind.Choice => string.Join('|', Setting.Choices),
        SettingKind.Integer or SettingKind.Number => "N",
        SettingKind.Duration => "DURATION",
        _ => "TEXT",
    };

    internal string Usage
    {
        get
        {
            if (IsArgument)
            {
                var name = Setting.Name.ToUpperInvariant() + (Setting.Kind == SettingKind.TextList ? "..." : "");
                return IsRequired ? name : $"[{name}]";
            }

            return Setting.Kind == SettingKind.Flag ? $"[--{Setting.Name}]" : $"[--{Setting.Name} {Placeholder}]";
        }
    }
}
