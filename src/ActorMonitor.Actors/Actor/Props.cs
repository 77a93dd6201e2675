using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Akka.Routing;

namespace Akka.Actor;

/// <summary>The recipe of an actor: its type, its arguments and how it is deployed. Immutable; every restart makes a new instance by it.</summary>
public class Props : IEquatable<Props>
{
    /// <summary>An actor that leaves every message unhandled.</summary>
    public static readonly Props Empty = Create<EmptyActor>();

    /// <summary>The same as <see cref="Empty"/>.</summary>
    public static readonly Props None = Empty;

    private readonly IIndirectActorProducer _producer;

    private Props(IIndirectActorProducer producer, object[] arguments, Deploy deploy, SupervisorStrategy? strategy)
    {
        _producer = producer;
        Arguments = arguments;
        Deploy = deploy;
        SupervisorStrategy = strategy;
    }

    /// <summary>The type of the actor.</summary>
    public Type Type => _producer.ActorType;

    /// <summary>The name of the type.</summary>
    public string TypeName => Type.AssemblyQualifiedName ?? Type.Name;

    /// <summary>The arguments of the constructor.</summary>
    public object[] Arguments { get; }

    /// <summary>How the actor is deployed.</summary>
    public Deploy Deploy { get; }

    /// <summary>The name of the dispatcher.</summary>
    public string Dispatcher => Deploy.Dispatcher;

    /// <summary>The name of the mailbox.</summary>
    public string Mailbox => Deploy.Mailbox;

    /// <summary>The router.</summary>
    public RouterConfig RouterConfig => Deploy.RouterConfig;

    /// <summary>The strategy for the actor's children, when it is given here; it wins over the actor's own.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; }

    /// <summary>From an expression <c>() =&gt; new T(..)</c>; its arguments are evaluated now, once.</summary>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (factory.Body is not NewExpression { Constructor: { } constructor } body)
        {
            throw new ArgumentException("The factory must be an expression of the form () => new T(..).", nameof(factory));
        }

        var arguments = body.Arguments.Select(Evaluate).ToArray();
        return new Props(new ConstructorProducer(body.Type, constructor, arguments!), arguments!, Deploy.Local, supervisorStrategy);
    }

    /// <summary>By type and arguments.</summary>
    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => new(new TypeProducer(typeof(TActor), args), args, Deploy.Local, null);

    /// <summary>By type, with a strategy for its children.</summary>
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new Props(new TypeProducer(typeof(TActor), []), [], Deploy.Local, null).WithSupervisorStrategy(supervisorStrategy);

    /// <summary>By type and arguments.</summary>
    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type)) throw new ArgumentException($"[{type}] is no actor.", nameof(type));
        return new Props(new TypeProducer(type, args), args, Deploy.Local, null);
    }

    /// <summary>By a producer that is made of its type and arguments.</summary>
    public static Props CreateBy<TProducer>(params object[] args)
        where TProducer : class, IIndirectActorProducer =>
        CreateBy((IIndirectActorProducer)Activator.CreateInstance(typeof(TProducer), args)!, args);

    /// <summary>By a producer.</summary>
    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(producer, args, Deploy.Local, null);

    /// <summary>With a dispatcher.</summary>
    public Props WithDispatcher(string dispatcher) => WithDeploy(Deploy.WithDispatcher(dispatcher));

    /// <summary>With a mailbox.</summary>
    public Props WithMailbox(string mailbox) => WithDeploy(Deploy.WithMailbox(mailbox));

    /// <summary>As the routees of a router.</summary>
    public Props WithRouter(RouterConfig routerConfig) => WithDeploy(Deploy.WithRouterConfig(routerConfig));

    /// <summary>With a deployment.</summary>
    public Props WithDeploy(Deploy deploy) => new(_producer, Arguments, deploy, SupervisorStrategy);

    /// <summary>With a strategy for the actor's children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(_producer, Arguments, Deploy, supervisorStrategy);

    /// <summary>Makes the actor; only the machinery calls this.</summary>
    public virtual ActorBase NewActor() => _producer.Produce();

    /// <inheritdoc />
    public bool Equals(Props? other) =>
        other is not null && Type == other.Type && Arguments.SequenceEqual(other.Arguments) && Deploy.Equals(other.Deploy)
        && Equals(SupervisorStrategy, other.SupervisorStrategy);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Props);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Type, Arguments.Length, Deploy);

    internal void Release(ActorBase actor) => _producer.Release(actor);

    // Constants and captured variables, nearly all there is, need no compiler.
    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field, Expression: null } => field.GetValue(null),
        MemberExpression { Member: FieldInfo field, Expression: { } owner } when Evaluate(owner) is { } instance => field.GetValue(instance),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private sealed class ConstructorProducer(Type type, ConstructorInfo constructor, object[] arguments) : IIndirectActorProducer
    {
        public Type ActorType => type;

        public ActorBase Produce() => (ActorBase)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class TypeProducer(Type type, object[] arguments) : IIndirectActorProducer
    {
        private const BindingFlags Constructors =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;

        public Type ActorType => type;

        public ActorBase Produce()
        {
            try
            {
                return (ActorBase)Activator.CreateInstance(type, Constructors, null, arguments, null)!;
            }
            catch (TargetInvocationException e) when (e.InnerException is not null)
            {
                ExceptionDispatchInfo.Throw(e.InnerException);
                throw;
            }
        }

        public void Release(ActorBase actor)
        {
        }
    }

    internal sealed class EmptyActor : ActorBase
    {
        protected override bool Receive(object message) => false;
    }
}
