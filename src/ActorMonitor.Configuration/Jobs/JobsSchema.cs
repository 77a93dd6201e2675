using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>
/// The JSON Schema (draft 2020-12) of jobs files, for editors. It says what <see cref="JobsReader"/> says, but for what
/// a schema cannot: unique names, timeouts within intervals, monitors that exist, and tests of texts.
/// </summary>
public static class JobsSchema
{
    private const string DurationPattern = "^ *([0-9]+\\.?[0-9]*|\\.[0-9]+) *(ms|s|m|min|h|d)? *$";

    private static readonly JsonSerializerOptions Printed = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema of jobs for these services, as text that ends with a line feed.</summary>
    public static string Generate(IServiceCatalog catalog)
    {
        var definitions = new JsonObject
        {
            ["jobs"] = new JsonObject
            {
                ["type"] = "array",
                ["maxItems"] = JobsFile.MaxJobs,
                ["items"] = Reference("job"),
            },
            ["job"] = Job(catalog),
        };
        foreach (var service in catalog.Services)
            definitions[$"job.{service.Name}"] = Service(service);

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "ActorMonitor jobs",
            ["description"] = "A list of jobs, or an object that holds it. Comments and trailing commas are allowed in the file.",
            ["type"] = new JsonArray("array", "object"),
            ["if"] = new JsonObject { ["type"] = "array" },
            ["then"] = Reference("jobs"),
            ["else"] = new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["$schema"] = new JsonObject { ["description"] = "Where this schema is, for editors." },
                    ["jobs"] = Reference("jobs"),
                },
                ["required"] = new JsonArray("jobs"),
                ["additionalProperties"] = false,
            },
            ["$defs"] = definitions,
        };
        return schema.ToJsonString(Printed) + "\n";
    }

    private static JsonObject Job(IServiceCatalog catalog)
    {
        var properties = new JsonObject
        {
            [JobBounds.Name] = Described("The job's name, unique in the file.", Line(1, JobId.MaxLength)),
            [JobBounds.Service] = Described(
                "The kind of check, in any case of letters.",
                new JsonObject { ["type"] = "string", ["anyOf"] = new JsonArray([.. catalog.Services.Select(each => new JsonObject { ["pattern"] = AnyCase(each), ["description"] = each.Description })]) }),
            [JobBounds.Host] = Described("A host name or an address, without scheme, port or path.", new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 253, ["pattern"] = "^[^\\s/?#@]+$" }),
            [JobBounds.Port] = Described("The port; each service says its default.", Whole(1, 65535)),
            [JobBounds.Interval] = Time("The time from one check to the next", JobBounds.MinInterval, JobBounds.MaxInterval, DurationText.Print(JobBounds.DefaultInterval)),
            [JobBounds.Timeout] = Time("The bound on one check, not longer than the interval", JobBounds.MinTimeout, JobBounds.MaxTimeout, $"{DurationText.Print(JobBounds.DefaultTimeout)}, or the interval when that is shorter"),
            [JobBounds.ServerNumber] = Described("The monitor that runs the job, by its place in the manager's list, from 1. Default: the first.", new JsonObject { ["type"] = "integer", ["minimum"] = 1 }),
            [JobBounds.Locations] = Described(
                "The names or locations of the monitors that run the job, each on a schedule of its own.",
                new JsonObject { ["type"] = "array", ["minItems"] = 1, ["uniqueItems"] = true, ["items"] = new JsonObject { ["type"] = "string" } }),
            [JobBounds.Settings] = Described("How to check; each service has its own.", new JsonObject { ["type"] = "object" }),
            [JobBounds.Expect] = Described("What makes it Up; each service has its own.", new JsonObject { ["type"] = "object" }),
            [JobBounds.Labels] = Described(
                "Free texts by name.",
                new JsonObject
                {
                    ["type"] = "object",
                    ["maxProperties"] = LabelBounds.MaxLabels,
                    ["propertyNames"] = Line(1, LabelBounds.MaxLength),
                    ["additionalProperties"] = Line(0, LabelBounds.MaxLength),
                }),
        };
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray(JobBounds.Name, JobBounds.Service, JobBounds.Host),
            ["additionalProperties"] = false,
            ["not"] = new JsonObject { ["required"] = new JsonArray(JobBounds.ServerNumber, JobBounds.Locations) },
            ["allOf"] = new JsonArray([.. catalog.Services.Select(each => new JsonObject
            {
                ["if"] = new JsonObject
                {
                    ["properties"] = new JsonObject { [JobBounds.Service] = new JsonObject { ["type"] = "string", ["pattern"] = AnyCase(each) } },
                    ["required"] = new JsonArray(JobBounds.Service),
                },
                ["then"] = Reference($"job.{each.Name}"),
            })]),
        };
    }

    private static JsonObject Service(ServiceDefinition service)
    {
        var schema = new JsonObject
        {
            ["description"] = service.Description,
            ["properties"] = new JsonObject
            {
                [JobBounds.Settings] = Group(SettingGroup.Of(service.Settings)),
                [JobBounds.Expect] = Group(SettingGroup.Of(service.Expectations)),
                [JobBounds.Port] = service.DefaultPort switch
                {
                    null => JsonValue.Create(false),
                    0 => JsonValue.Create(true),
                    { } port => new JsonObject { ["description"] = $"The port. Default: {port}." },
                },
            },
        };
        if (service.DefaultPort == 0)
            schema["required"] = new JsonArray(JobBounds.Port);
        return schema;
    }

    private static JsonObject Group(SettingGroup group)
    {
        var properties = new JsonObject();
        foreach (var (name, part) in group.Parts)
        {
            properties[name] = part switch
            {
                { Leaf: { } leaf, Parts.Count: > 0 } => new JsonObject { ["anyOf"] = new JsonArray(Leaf(leaf), Group(part)) },
                { Leaf: { } leaf } => Leaf(leaf),
                _ => Group(part),
            };
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private static JsonObject Leaf(Setting setting)
    {
        var schema = setting.Kind switch
        {
            SettingKind.Choice => new JsonObject { ["type"] = "string", ["pattern"] = AnyCase(setting.Choices) },
            SettingKind.Integer => Bounded("integer", setting),
            SettingKind.Number => Bounded("number", setting),
            SettingKind.Flag => new JsonObject { ["type"] = "boolean" },
            SettingKind.Duration => new JsonObject { ["anyOf"] = new JsonArray(Bounded("number", setting), DurationString()) },
            SettingKind.TextList => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            _ => new JsonObject { ["type"] = "string" },
        };
        var @default = setting.Default is { } value && value.ToString().Length > 0 ? $" Default: {value}." : "";
        return Described($"{setting.Description} Expected: {setting.Accepts}.{@default}", schema);
    }

    private static JsonObject Bounded(string type, Setting setting)
    {
        var schema = new JsonObject { ["type"] = type };
        if (setting.Minimum is { } minimum)
            schema["minimum"] = Number(minimum);
        if (setting.Maximum is { } maximum)
            schema["maximum"] = Number(maximum);
        return schema;
    }

    private static JsonValue Number(double number) => Math.Floor(number) == number && Math.Abs(number) < 1e15 ? JsonValue.Create((long)number) : JsonValue.Create(number);

    private static JsonObject Time(string meaning, TimeSpan minimum, TimeSpan maximum, string @default) => Described(
        $"{meaning}: seconds, or a text with a unit such as \"1500ms\" or \"2m\", from {DurationText.Print(minimum)} to {DurationText.Print(maximum)}. Default: {@default}.",
        new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "number", ["minimum"] = Number(minimum.TotalSeconds), ["maximum"] = Number(maximum.TotalSeconds) },
                DurationString()),
        });

    private static JsonObject DurationString() => new() { ["type"] = "string", ["pattern"] = DurationPattern };

    private static JsonObject Whole(int minimum, int maximum) => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };

    private static JsonObject Line(int minLength, int maxLength) => new() { ["type"] = "string", ["minLength"] = minLength, ["maxLength"] = maxLength, ["pattern"] = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonObject Described(string description, JsonObject schema)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    private static string AnyCase(ServiceDefinition service) => AnyCase(service.Aliases.Insert(0, service.Name));

    // ECMA 262 patterns have no flag for case within them.
    private static string AnyCase(ImmutableArray<string> names)
    {
        var pattern = new StringBuilder("^(");
        for (var i = 0; i < names.Length; i++)
        {
            if (i > 0)
                pattern.Append('|');
            foreach (var c in names[i])
                pattern.Append(char.IsAsciiLetter(c) ? $"[{char.ToUpperInvariant(c)}{char.ToLowerInvariant(c)}]" : Regex.Escape(c.ToString()));
        }

        return pattern.Append(")$").ToString();
    }
}
