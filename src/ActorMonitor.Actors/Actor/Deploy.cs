using Akka.Routing;

namespace Akka.Actor;

/// <summary>Where an actor is made.</summary>
public abstract class Scope : IEquatable<Scope>
{
    /// <summary>In this process.</summary>
    public static readonly LocalScope Local = LocalScope.Instance;

    /// <summary>This scope, or the other when this one says nothing.</summary>
    public virtual Scope WithFallback(Scope other) => this;

    /// <inheritdoc />
    public bool Equals(Scope? other) => other is not null && other.GetType() == GetType();

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Scope);

    /// <inheritdoc />
    public override int GetHashCode() => GetType().GetHashCode();
}

/// <summary>In this process.</summary>
public sealed class LocalScope : Scope
{
    private LocalScope()
    {
    }

    /// <summary>The scope.</summary>
    public static LocalScope Instance { get; } = new();
}

/// <summary>How an actor is deployed: its router, dispatcher and mailbox.</summary>
public sealed class Deploy : IEquatable<Deploy>
{
    /// <summary>In this process, nothing else said.</summary>
    public static readonly Deploy Local = new(LocalScope.Instance);

    /// <summary>The name that says "none given".</summary>
    public static readonly string NoDispatcherGiven = "";

    /// <summary>Nothing said.</summary>
    public static readonly Deploy None = new("");

    /// <summary>A deployment for a path.</summary>
    public Deploy(string path, RouterConfig? routerConfig = null)
        : this(path, routerConfig ?? NoRouter.Instance, LocalScope.Instance, "", "")
    {
    }

    /// <summary>A deployment to a scope.</summary>
    public Deploy(Scope scope)
        : this("", NoRouter.Instance, scope, "", "")
    {
    }

    private Deploy(string path, RouterConfig routerConfig, Scope scope, string dispatcher, string mailbox)
    {
        Path = path;
        RouterConfig = routerConfig;
        Scope = scope;
        Dispatcher = dispatcher;
        Mailbox = mailbox;
    }

    /// <summary>The path below <c>/user</c>, or empty.</summary>
    public string Path { get; }

    /// <summary>The router.</summary>
    public RouterConfig RouterConfig { get; }

    /// <summary>The scope.</summary>
    public Scope Scope { get; }

    /// <summary>The name of the dispatcher; all actors run on the thread pool whatever it is.</summary>
    public string Dispatcher { get; }

    /// <summary>The name of the mailbox; all mailboxes are unbounded whatever it is.</summary>
    public string Mailbox { get; }

    /// <summary>With a router.</summary>
    public Deploy WithRouterConfig(RouterConfig routerConfig) => new(Path, routerConfig, Scope, Dispatcher, Mailbox);

    /// <summary>With a scope.</summary>
    public Deploy WithScope(Scope scope) => new(Path, RouterConfig, scope, Dispatcher, Mailbox);

    /// <summary>With a dispatcher.</summary>
    public Deploy WithDispatcher(string dispatcher) => new(Path, RouterConfig, Scope, dispatcher, Mailbox);

    /// <summary>With a mailbox.</summary>
    public Deploy WithMailbox(string mailbox) => new(Path, RouterConfig, Scope, Dispatcher, mailbox);

    /// <summary>This deployment, with what it leaves out from another one.</summary>
    public Deploy WithFallback(Deploy other) => new(
        Path,
        RouterConfig.WithFallback(other.RouterConfig),
        Scope.WithFallback(other.Scope),
        Dispatcher.Length > 0 ? Dispatcher : other.Dispatcher,
        Mailbox.Length > 0 ? Mailbox : other.Mailbox);

    /// <inheritdoc />
    public bool Equals(Deploy? other) =>
        other is not null && Path == other.Path && Equals(RouterConfig, other.RouterConfig) && Scope.Equals(other.Scope)
        && Dispatcher == other.Dispatcher && Mailbox == other.Mailbox;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Deploy);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Path, RouterConfig, Dispatcher, Mailbox);
}
