using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorMonitor.Configuration.Tests;

/// <summary>Judges JSON by the keywords of JSON Schema 2020-12 that our schema uses; any other keyword is an error of the test.</summary>
internal sealed class SchemaEvaluator(JsonObject root)
{
    internal bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonNode? schema, JsonNode? value)
    {
        if (schema is not JsonObject rules)
            return schema!.GetValue<bool>();
        foreach (var (keyword, rule) in rules)
        {
            if (!Holds(rules, keyword, rule!, value))
                return false;
        }

        return true;
    }

    private bool Holds(JsonObject rules, string keyword, JsonNode rule, JsonNode? value)
    {
        var members = value as JsonObject;
        var items = value as JsonArray;
        var text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        double? number = value?.GetValueKind() == JsonValueKind.Number ? value.GetValue<JsonElement>().GetDouble() : null;
        return keyword switch
        {
            "$schema" or "$defs" or "title" or "description" or "then" or "else" => true,
            "$ref" => Accepts(Resolve(rule.GetValue<string>()), value),
            "type" => rule is JsonArray types ? types.Any(type => IsOf(type!.GetValue<string>(), value)) : IsOf(rule.GetValue<string>(), value),
            "if" => Accepts(rule, value) ? rules["then"] is not { } then || Accepts(then, value) : rules["else"] is not { } otherwise || Accepts(otherwise, value),
            "not" => !Accepts(rule, value),
            "anyOf" => rule.AsArray().Any(each => Accepts(each, value)),
            "allOf" => rule.AsArray().All(each => Accepts(each, value)),
            "properties" => members is null || rule.AsObject().All(each => !members.TryGetPropertyValue(each.Key, out var member) || Accepts(each.Value, member)),
            "additionalProperties" => members is null || members.All(each => rules["properties"]?.AsObject().ContainsKey(each.Key) == true || Accepts(rule, each.Value)),
            "propertyNames" => members is null || members.All(each => Accepts(rule, JsonSerializer.SerializeToNode(each.Key))),
            "maxProperties" => members is null || members.Count <= rule.GetValue<int>(),
            "required" => members is null || rule.AsArray().All(each => members.ContainsKey(each!.GetValue<string>())),
            "items" => items is null || items.All(each => Accepts(rule, each)),
            "minItems" => items is null || items.Count >= rule.GetValue<int>(),
            "maxItems" => items is null || items.Count <= rule.GetValue<int>(),
            "uniqueItems" => items is null || items.Select(each => each?.ToJsonString()).Distinct().Count() == items.Count,
            "minimum" => number is null || number >= rule.GetValue<JsonElement>().GetDouble(),
            "maximum" => number is null || number <= rule.GetValue<JsonElement>().GetDouble(),
            "minLength" => text is null || text.Length >= rule.GetValue<int>(),
            "maxLength" => text is null || text.Length <= rule.GetValue<int>(),
            "pattern" => text is null || Regex.IsMatch(text, rule.GetValue<string>(), RegexOptions.ECMAScript, TimeSpan.FromSeconds(5)),
            _ => throw new NotSupportedException($"The evaluator does not know the keyword {keyword}."),
        };
    }

    private JsonNode Resolve(string reference)
    {
        JsonNode node = root;
        foreach (var part in reference.Split('/').Skip(1))
            node = node[part]!;
        return node;
    }

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && Math.Floor(value.GetValue<JsonElement>().GetDouble()) == value.GetValue<JsonElement>().GetDouble(),
        _ => throw new NotSupportedException($"The evaluator does not know the type {type}."),
    };
}
