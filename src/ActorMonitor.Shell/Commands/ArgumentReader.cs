using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>Reads what follows a command's name against its parameters.</summary>
internal static class ArgumentReader
{
    /// <summary>The values, or what is wrong with the line.</summary>
    public static (SettingMap Values, string? Problem) Read(ShellCommand command, IReadOnlyList<string> arguments)
    {
        var values = SettingMap.Empty;
        var places = new Queue<ShellParameter>(command.Parameters.Where(parameter => parameter.IsArgument));
        var optionsEnded = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            var token = arguments[i];
            if (!optionsEnded && token == "--")
            {
                optionsEnded = true;
                continue;
            }

            ShellParameter? parameter;
            string text;
            if (!optionsEnded && IsOption(token))
            {
                var (name, given) = Split(token);
                parameter = Find(command, name);
                if (parameter is null)
                    return (values, $"{command.Name} has no option {name}.{ClosestNames.Question(name, command.Parameters.Select(p => "--" + p.Setting.Name))}");
                if (given is null && parameter.Setting.Kind == SettingKind.Flag)
                    given = "true";
                else if (given is null && ++i < arguments.Count)
                    given = arguments[i];
                if (given is null)
                    return (values, $"{name} needs a value: {parameter.Setting.Accepts}.");
                text = given;
            }
            else
            {
                while (places.TryPeek(out var filled) && filled.Setting.Kind != SettingKind.TextList && values.TryGet(filled.Setting.Name, out _))
                    places.Dequeue();
                if (!places.TryPeek(out parameter))
                    return (values, $"{command.Name} does not take {Quoted(token)}.");
                text = token;
            }

            var problem = Add(ref values, parameter, text);
            if (problem is not null)
                return (values, problem);
        }

        var missing = command.Parameters.FirstOrDefault(parameter => parameter.IsRequired && !values.TryGet(parameter.Setting.Name, out _));
        return missing is null ? (values, null) : (values, $"{command.Name} needs {missing.Setting.Name.ToUpperInvariant()}: {missing.Setting.Description}.");
    }

    private static string? Add(ref SettingMap values, ShellParameter parameter, string text)
    {
        var setting = parameter.Setting;
        var isGiven = values.TryGet(setting.Name, out var before);
        if (isGiven && setting.Kind != SettingKind.TextList)
            return $"{Shown(parameter)} is given twice.";

        // Quoted texts are passed on as they are; only emptiness is never meant.
        if (text.Length == 0)
            return $"{Shown(parameter)} is empty.";
        var value = setting.Kind == SettingKind.TextList ? SettingValue.ListOf([.. before?.Items ?? [], text]) : SettingValue.Of(text);
        if (setting.Validate(value) is { } problem)
            return $"{Shown(parameter)} {Quoted(text)}: {problem}.";
        values = values.With(setting.Name, value);
        return null;
    }

    private static string Shown(ShellParameter parameter) => parameter.IsArgument ? parameter.Setting.Name.ToUpperInvariant() : "--" + parameter.Setting.Name;

    private static ShellParameter? Find(ShellCommand command, string name)
        => command.Parameters.FirstOrDefault(parameter => name.Equals("--" + parameter.Setting.Name, StringComparison.OrdinalIgnoreCase));

    // -5 is a number, and a lone - often means standard input: both are values.
    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]) && token[1] != '.';

    private static (string Name, string? Value) Split(string token)
    {
        var equals = token.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (token, null) : (token[..equals], token[(equals + 1)..]);
    }

    private static string Quoted(string text) => $"\"{(text.Length <= 80 ? text : text[..80] + "...")}\"";
}
