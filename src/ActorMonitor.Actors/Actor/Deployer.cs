using Akka.Configuration;
using Akka.Routing;

namespace Akka.Actor;

/// <summary>The deployments of <c>akka.actor.deployment</c>, by path below <c>/user</c>; <c>*</c> stands for one name.</summary>
internal sealed class Deployer
{
    private readonly List<(string[] Names, Deploy Deploy)> _deployments = [];

    public Deployer(Config config)
    {
        if (config.GetConfig("akka.actor.deployment") is not { } section) return;
        foreach (var (path, value) in section.AsEnumerable())
        {
            if (path == "default" || !value.IsObject()) continue;
            // Each path over all layers: one that only says nr-of-instances leaves the router to the layer below.
            _deployments.Add((path.Split('/', StringSplitOptions.RemoveEmptyEntries), Read(path, section.GetConfig($"\"{path}\"")!)));
        }
    }

    /// <summary>The deployment of a path, or null; one without wildcards comes first.</summary>
    public Deploy? Lookup(ActorPath path)
    {
        var names = path.Elements;
        if (names.Count < 2 || names[0] != "user") return null;
        return Lookup(names, exact: true) ?? Lookup(names, exact: false);
    }

    private static Deploy Read(string path, Config one)
    {
        var router = one.GetString("router", "from-code");
        RouterConfig config = router switch
        {
            "from-code" => NoRouter.Instance,
            "round-robin-pool" => new RoundRobinPool(one),
            _ => throw new ConfigurationException($"akka.actor.deployment.\"{path}\".router: '{router}' is no known router; round-robin-pool is."),
        };
        return new Deploy(path, config);
    }

    private Deploy? Lookup(IReadOnlyList<string> names, bool exact)
    {
        foreach (var (pattern, deploy) in _deployments)
        {
            if (pattern.Length != names.Count - 1) continue;
            var matches = true;
            for (var i = 0; i < pattern.Length && matches; i++) matches = pattern[i] == names[i + 1] || (!exact && pattern[i] == "*");
            if (matches) return deploy;
        }

        return null;
    }
}
