using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Checks;

/// <summary>
/// A check as it is typed, made into the job that a jobs file would have, and read as one: the same bounds, the same mistakes, all
/// of them at once.
/// </summary>
/// <param name="Service">The service, or an alias.</param>
/// <param name="Target">See <see cref="CheckTarget"/>.</param>
internal sealed record CheckArguments(string Service, string Target)
{
    /// <summary>The name that one-shot checks have; no job of theirs, and no host's name, which <c>dns</c> would ask for.</summary>
    public const string Name = "one-shot check";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    public int? Port { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary><c>key=value</c> with dots for what is nested, or a JSON object.</summary>
    public ImmutableArray<string> Settings { get; init; } = [];

    /// <summary>The same.</summary>
    public ImmutableArray<string> Expectations { get; init; } = [];

    /// <summary>The check; or every mistake, a line each.</summary>
    public (CheckDefinition? Check, ImmutableArray<string> Problems) Read(IServiceCatalog catalog)
    {
        var problems = new List<string>();
        _ = catalog.TryFind(Service, out var service);
        var settings = Block("--set", Settings, service?.Settings ?? [], problems);
        var expectations = Block("--expect", Expectations, service?.Expectations ?? [], problems);
        var target = CheckTarget.Read(service, Target, out var problem);
        if (problem is not null)
            problems.Add($"TARGET: {problem}");
        if (target is { Port: { } inTarget } && Port is { } given && given != inTarget)
            problems.Add($"TARGET has the port {inTarget}, --port says {given}: expected one of them.");
        if (target?.Path is { } path && !settings.TryAdd(CheckTarget.PathSetting, JsonValue.Create(path)))
            problems.Add("TARGET has a path, and so has --set path: expected one of them.");

        var job = new JsonObject
        {
            ["name"] = Name,
            ["service"] = Service,
            ["host"] = target?.Host ?? "unread",
            // The longest that a timeout may be is the interval.
            ["interval"] = "1d",
            ["settings"] = settings,
            ["expect"] = expectations,
        };
        // A target that cannot be read has been reported; nothing more is said of its port.
        if ((target?.Port ?? Port ?? (target is null && service?.DefaultPort == 0 ? 1 : null)) is { } port)
            job["port"] = port;
        if (Timeout is { } timeout)
            job["timeout"] = DurationText.Print(timeout);

        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes(new JsonArray(job).ToJsonString()), "", catalog, []);
        problems.AddRange(reading.Errors.Select(Worded));
        return problems.Count == 0
            ? (reading.File!.Jobs[0].Check with { Interval = TimeSpan.Zero }, [])
            : (null, [.. problems]);
    }

    // Where the mistake is in what was typed, for where it is in the job that was made of it.
    private static string Worded(ConfigurationError error)
    {
        const string job = "$[0]";
        var place = error.Path.StartsWith(job, StringComparison.Ordinal) ? error.Path[job.Length..].TrimStart('.') : error.Path;
        var (first, rest) = place.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? (place[..dot], place[(dot + 1)..]) : (place, "");
        var typed = first switch
        {
            "service" => "SERVICE",
            "host" => "TARGET",
            "port" => "--port",
            "timeout" => "--timeout",
            "settings" => $"--set {rest}".TrimEnd(),
            "expect" => $"--expect {rest}".TrimEnd(),
            _ => place,
        };
        return typed.Length == 0 ? error.Message.Replace("\"port\" is missing", "TARGET: the port is missing", StringComparison.Ordinal) : $"{typed}: {error.Message}";
    }

    private static JsonObject Block(string option, ImmutableArray<string> typed, ImmutableArray<Setting> known, List<string> problems)
    {
        var block = new JsonObject();
        foreach (var text in typed)
        {
            if (text.TrimStart().StartsWith('{'))
                AddObject(option, text, block, problems);
            else if (text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
                Add(option, text[..equals].Trim(), text[(equals + 1)..], block, known, problems);
            else
                problems.Add($"{option} {Quoted(text)}: expected key=value or a JSON object.");
        }

        return block;
    }

    private static void AddObject(string option, string text, JsonObject block, List<string> problems)
    {
        try
        {
            foreach (var (name, value) in JsonNode.Parse(text, documentOptions: Lenient)!.AsObject())
            {
                if (!block.TryAdd(name, value?.DeepClone()))
                    problems.Add($"{option} {name} is given twice.");
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            problems.Add($"{option} {Quoted(text)} is no JSON object: {e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0]}");
        }
    }

    private static void Add(string option, string key, string text, JsonObject block, ImmutableArray<Setting> known, List<string> problems)
    {
        var parts = key.Split('.');
        foreach (var part in parts[..^1])
        {
            if (!block.TryGetPropertyValue(part, out var inner))
                block[part] = inner = new JsonObject();
            if (inner is not JsonObject next)
            {
                problems.Add($"{option} {key}: {part} has a value of its own.");
                return;
            }

            block = next;
        }

        var setting = known.FirstOrDefault(each => each.Name == key);
        if (setting?.Kind == SettingKind.TextList && !text.TrimStart().StartsWith('['))
        {
            // A list may be given an item at a time.
            if (!block.TryGetPropertyValue(parts[^1], out var list))
                block[parts[^1]] = list = new JsonArray();
            if (list is JsonArray items)
                items.Add(JsonValue.Create(text));
        }
        else if (!block.TryAdd(parts[^1], ValueOf(setting, text)))
        {
            problems.Add($"{option} {key} is given twice.");
        }
    }

    // What the setting wants a number, a flag or a list for is passed on as one; what it does not take so is the reader's to say.
    private static JsonNode? ValueOf(Setting? setting, string text) => setting?.Kind switch
    {
        SettingKind.Integer or SettingKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            => JsonValue.Create(number),
        SettingKind.Flag when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
        SettingKind.TextList => ListOf(text),
        _ => JsonValue.Create(text),
    };

    private static JsonNode? ListOf(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Quoted(string text) => $"\"{(text.Length <= 80 ? text : text[..80] + "...")}\"";
}
