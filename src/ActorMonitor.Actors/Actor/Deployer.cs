using Akka.Configuration;
using Akka.Routing;

namespace Akka.Actor;

/// <summary>The deployments of <c>akka.actor.deployment</c>, by path below <c>/user</c>; <c>*</c> stands for one name.</summary>
internal sealed class Deployer
{
    private readonly List<(string[] Names, RouterConfig? Router)> _deployments = [];

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
    public RouterConfig? Lookup(ActorPath path)
    {
        var names = path.Elements;
        if (names.Count < 2 || names[0] != "user") return null;
        return Lookup(names, exact: true) ?? Lookup(names, exact: false);
    }

    private static RouterConfig? Read(string path, Config one) => one.GetString("router", "from-code") switch
    {
        "from-code" => null,
        "round-robin-pool" => new RoundRobinPool(one.GetInt("nr-of-instances", 1)),
        var router => throw new ConfigurationException($"akka.actor.deployment.\"{path}\".router: '{router}' is no known router; round-robin-pool is."),
    };

    private RouterConfig? Lookup(IReadOnlyList<string> names, bool exact)
    {
        foreach (var (pattern, router) in _deployments)
        {
            if (pattern.Length != names.Count - 1) continue;
            var matches = true;
            for (var i = 0; i < pattern.Length && matches; i++) matches = pattern[i] == names[i + 1] || (!exact && pattern[i] == "*");
            if (matches) return router;
        }

        return null;
    }
}
