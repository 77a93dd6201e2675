using Akka.Configuration;

namespace Akka.Util;

/// <summary>Finds types by the names in configurations. The assembly in a name is a hint only: names written for the packages resolve here too.</summary>
internal static class TypeNames
{
    public static Type Resolve(string name, string key) =>
        Find(name) ?? throw new ConfigurationException($"The type [{name}] of [{key}] cannot be found.");

    public static Type? Find(string name)
    {
        if (Type.GetType(name, throwOnError: false) is { } known) return known;
        var bare = name.Split(',')[0].Trim();
        if (typeof(TypeNames).Assembly.GetType(bare) is { } own) return own;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && assembly.GetType(bare) is { } found) return found;
        }

        return null;
    }
}
