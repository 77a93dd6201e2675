using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>One use of a command: what was given, already checked.</summary>
/// <param name="values">The values given, by parameter.</param>
public sealed class ShellInvocation(SettingMap values)
{
    /// <summary>The value given for a parameter, or its default.</summary>
    public T Read<T>(Setting<T> parameter) => parameter.Read(values);

    internal bool Has(Setting parameter) => values.TryGet(parameter.Name, out _);
}
