using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>The services that jobs may name.</summary>
public interface IServiceCatalog
{
    /// <summary>The services in the order in which they are shown.</summary>
    ImmutableArray<ServiceDefinition> Services { get; }

    /// <summary>Finds a service by its name or an alias, without regard to case.</summary>
    bool TryFind(string nameOrAlias, [NotNullWhen(true)] out ServiceDefinition? service);
}

/// <summary>A catalog over a list of definitions.</summary>
public sealed class ServiceCatalog : IServiceCatalog
{
    private readonly FrozenDictionary<string, ServiceDefinition> _byName;

    /// <summary>A catalog of these services.</summary>
    /// <exception cref="ArgumentException">Two services share a name or an alias.</exception>
    public ServiceCatalog(IEnumerable<ServiceDefinition> services)
    {
        Services = [.. services];
        var byName = new Dictionary<string, ServiceDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in Services)
        {
            foreach (var name in service.Aliases.Prepend(service.Name))
            {
                if (!byName.TryAdd(name, service))
                    throw new ArgumentException($"Two services are named {name}.", nameof(services));
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public ImmutableArray<ServiceDefinition> Services { get; }

    /// <inheritdoc/>
    public bool TryFind(string nameOrAlias, [NotNullWhen(true)] out ServiceDefinition? service) => _byName.TryGetValue(nameOrAlias, out service);
}
