using System.Collections.Immutable;
using System.Globalization;

namespace ActorMonitor.Messages;

/// <summary>The type of a setting's value.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>One text of <see cref="Setting.Choices"/>.</summary>
    Choice,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>A duration: seconds as a number, or a text with a unit such as <c>1500ms</c>, <c>3s</c>, <c>1m</c>.</summary>
    Duration,

    /// <summary>A list of texts.</summary>
    TextList,
}

/// <summary>
/// One setting of a service: its name, type, default, bounds and meaning. This is the only place that knows them: the
/// jobs reader validates with it, the probe reads with it, the reference page and the JSON Schema are made of it.
/// </summary>
public abstract class Setting
{
    private protected Setting(string name, SettingKind kind, SettingValue? @default, string accepts, string description)
        => (Name, Kind, Default, Accepts, Description) = (name, kind, @default, accepts, description);

    /// <summary>The name; a dot nests (<c>body.contains</c>).</summary>
    public string Name { get; }

    /// <summary>The type.</summary>
    public SettingKind Kind { get; }

    /// <summary>The default in the form in which it travels; null when there is none.</summary>
    public SettingValue? Default { get; }

    /// <summary>What is accepted, as it completes the sentence "expected ...".</summary>
    public string Accepts { get; }

    /// <summary>What the setting means.</summary>
    public string Description { get; }

    /// <summary>The least number allowed (seconds for a duration), if bounded.</summary>
    public double? Minimum { get; private protected init; }

    /// <summary>The greatest number allowed (seconds for a duration), if bounded.</summary>
    public double? Maximum { get; private protected init; }

    /// <summary>What a <see cref="SettingKind.Choice"/> chooses from; empty for other kinds.</summary>
    public ImmutableArray<string> Choices { get; private protected init; } = [];

    /// <summary>Null when the value is accepted; otherwise what is wrong with it.</summary>
    public abstract string? Validate(SettingValue value);

    /// <summary>A text.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="default">Its default.</param>
    /// <param name="description">Its meaning.</param>
    /// <param name="accepts">What is accepted.</param>
    /// <param name="isAccepted">A test of the text; null for any.</param>
    public static Setting<string> Text(string name, string @default, string description, string accepts = "a string", Func<string, bool>? isAccepted = null)
        => new(name, SettingKind.Text, SettingValue.Of(@default), accepts, description, @default, One(text => isAccepted is null || isAccepted(text) ? (true, text) : (false, "")));

    /// <summary>A text that may be left out.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="description">Its meaning.</param>
    /// <param name="accepts">What is accepted.</param>
    /// <param name="isAccepted">A test of the text; null for any.</param>
    public static Setting<string?> OptionalText(string name, string description, string accepts = "a string", Func<string, bool>? isAccepted = null)
        => new(name, SettingKind.Text, null, accepts, description, null, One<string?>(text => (isAccepted is null || isAccepted(text), text)));

    /// <summary>One of several texts, compared without case and read as listed.</summary>
    public static Setting<string> Choice(string name, string @default, string description, params string[] choices)
        => new(
            name, SettingKind.Choice, SettingValue.Of(@default), $"one of {string.Join(", ", choices)}", description, @default,
            One(text => Array.Find(choices, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found ? (true, found) : (false, "")))
        {
            Choices = [.. choices],
        };

    /// <summary>One of several texts, compared without case and read as listed, that may be left out.</summary>
    public static Setting<string?> OptionalChoice(string name, string description, params string[] choices)
        => new(
            name, SettingKind.Choice, null, $"one of {string.Join(", ", choices)}", description, null,
            One<string?>(text => Array.Find(choices, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found ? (true, found) : (false, null)))
        {
            Choices = [.. choices],
        };

    /// <summary>A whole number within bounds.</summary>
    public static Setting<int> Integer(string name, int @default, int minimum, int maximum, string description)
        => new(name, SettingKind.Integer, SettingValue.Of(@default.ToString(CultureInfo.InvariantCulture)), $"a whole number from {minimum} to {maximum}", description, @default, One(Whole(minimum, maximum)))
        {
            Minimum = minimum,
            Maximum = maximum,
        };

    /// <summary>A whole number within bounds that may be left out.</summary>
    public static Setting<int?> OptionalInteger(string name, int minimum, int maximum, string description)
    {
        var whole = Whole(minimum, maximum);
        return new(name, SettingKind.Integer, null, $"a whole number from {minimum} to {maximum}", description, null, One<int?>(text => whole(text)))
        {
            Minimum = minimum,
            Maximum = maximum,
        };
    }

    /// <summary>A number within bounds that may be left out.</summary>
    public static Setting<double?> OptionalNumber(string name, double minimum, double maximum, string description)
        => new(
            name, SettingKind.Number, null, $"a number from {minimum} to {maximum}", description, null,
            One<double?>(text => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum, number)))
        {
            Minimum = minimum,
            Maximum = maximum,
        };

    /// <summary>true or false.</summary>
    public static Setting<bool> Flag(string name, bool @default, string description)
        => new(name, SettingKind.Flag, SettingValue.Of(@default ? "true" : "false"), "true or false", description, @default, One(text => (bool.TryParse(text, out var flag), flag)));

    /// <summary>A duration within bounds that may be left out.</summary>
    public static Setting<TimeSpan?> OptionalDuration(string name, TimeSpan minimum, TimeSpan maximum, string description)
        => new(
            name, SettingKind.Duration, null, $"a duration from {DurationText.Print(minimum)} to {DurationText.Print(maximum)}, such as \"1500ms\" or 3 (seconds)", description, null,
            One<TimeSpan?>(text => (DurationText.TryParse(text, out var duration) && duration >= minimum && duration <= maximum, duration)))
        {
            Minimum = minimum.TotalSeconds,
            Maximum = maximum.TotalSeconds,
        };

    /// <summary>A list of texts, empty by default.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="description">Its meaning.</param>
    /// <param name="accepts">What is accepted.</param>
    /// <param name="isAccepted">A test of each text; null for any.</param>
    /// <param name="isAcceptedTogether">A test of the texts among each other, when each is accepted; null for any.</param>
    public static Setting<ImmutableArray<string>> TextList(
        string name,
        string description,
        string accepts = "a list of strings",
        Func<string, bool>? isAccepted = null,
        Func<ImmutableArray<string>, bool>? isAcceptedTogether = null)
        => new(
            name, SettingKind.TextList, null, accepts, description, [],
            value => value.Items.All(item => isAccepted is null || isAccepted(item)) && (isAcceptedTogether is null || isAcceptedTogether(value.Items))
                ? (true, value.Items)
                : (false, []));

    private static Func<string, (bool, int)> Whole(int minimum, int maximum)
        => text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum, number);

    private static Func<SettingValue, (bool, T)> One<T>(Func<string, (bool, T)> parse)
        => value => value.IsList ? (false, default!) : parse(value.Items[0]);
}

/// <summary>A setting whose value is a <typeparamref name="T"/>.</summary>
public sealed class Setting<T> : Setting
{
    private readonly T _defaultValue;
    private readonly Func<SettingValue, (bool Accepted, T Value)> _parse;

    internal Setting(string name, SettingKind kind, SettingValue? @default, string accepts, string description, T defaultValue, Func<SettingValue, (bool Accepted, T Value)> parse)
        : base(name, kind, @default, accepts, description)
        => (_defaultValue, _parse) = (defaultValue, parse);

    /// <summary>The setting's value in a map, or its default.</summary>
    /// <exception cref="SettingException">The map's value is not accepted (a peer of another version sent it).</exception>
    public T Read(SettingMap map)
    {
        if (!map.TryGet(Name, out var value))
            return _defaultValue;
        var (accepted, parsed) = _parse(value);
        return accepted ? parsed : throw new SettingException($"{Name} = {value}: expected {Accepts}");
    }

    /// <inheritdoc/>
    public override string? Validate(SettingValue value) => _parse(value).Accepted ? null : $"expected {Accepts}";
}

/// <summary>A setting's value is not accepted.</summary>
public sealed class SettingException : Exception
{
    /// <summary>Says which setting, its value, and what is accepted.</summary>
    public SettingException(string message)
        : base(message)
    {
    }
}
