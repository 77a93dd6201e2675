using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>What of a job's settings is not shown to whoever looks at the job.</summary>
internal static class Secrets
{
    private const string Hidden = "***";

    private static readonly string[] Words = ["password", "passphrase", "token", "secret", "authorization", "cookie", "credential", "apikey", "api-key", "x-key", "auth-key"];

    /// <summary>A setting's value as it may be shown. Names of files that hold a secret are none.</summary>
    public static string Shown(string name, SettingValue value)
    {
        if (IsSecret(name))
            return Hidden;
        return value.IsList ? string.Join(", ", value.Items.Select(ShownItem)) : ShownItem(value.Items[0]);
    }

    // A header, or an address with a user's password in it.
    private static string ShownItem(string item)
    {
        var colon = item.AsSpan().IndexOfAny(':', '=');
        if (colon > 0 && IsSecret(item[..colon]))
            return $"{item[..(colon + 1)]} {Hidden}";
        var at = item.IndexOf('@', StringComparison.Ordinal);
        var begin = item.IndexOf("://", StringComparison.Ordinal);
        return begin >= 0 && at > begin && item.IndexOf(':', begin + 3, at - begin - 3) is var user && user > 0 ? $"{item[..(user + 1)]}{Hidden}{item[at..]}" : item;
    }

    private static bool IsSecret(string name)
        => !name.EndsWith("File", StringComparison.Ordinal) && Words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
