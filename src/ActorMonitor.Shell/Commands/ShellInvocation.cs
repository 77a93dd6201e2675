using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>One use of a command: what was given, already checked.</summary>
/// <param name="values">The values given, by parameter.</param>
/// <param name="caller">Who typed it, for records: a name as pbm states it, and the address it came from.</param>
public sealed class ShellInvocation(SettingMap values, string caller = "")
{
    /// <summary>Who typed it, as <c>NAME@ADDRESS</c>; the name is pbm's word, not proven.</summary>
    public string Caller => caller;

    /// <summary>The value given for a parameter, or its default.</summary>
    public T Read<T>(Setting<T> parameter) => parameter.Read(values);

    internal bool Has(Setting parameter) => values.TryGet(parameter.Name, out _);
}
