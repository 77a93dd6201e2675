using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Akka.Routing;

namespace Akka.Actor;

/// <summary>The recipe of an actor: its type, its arguments and how it is deployed. Immutable; every restart makes a new instance by it.</summary>
public class Props
{
    /// <summary>An actor that leaves every message unhandled.</summary>
    public static readonly Props Empty = Create<EmptyActor>();

    private readonly IIndirectActorProducer _producer;

    private Props(IIndirectActorProducer producer, RouterConfig? router = null, SupervisorStrategy? strategy = null, string? mailbox = null)
    {
        _producer = producer;
        RouterConfig = router;
        SupervisorStrategy = strategy;
        MailboxPath = mailbox;
    }

    /// <summary>The type of the actor.</summary>
    public Type Type => _producer.ActorType;

    internal RouterConfig? RouterConfig { get; }

    /// <summary>Where the configuration describes the actor's mailbox, when that is not the default one.</summary>
    internal string? MailboxPath { get; }

    /// <summary>The strategy for the actor's children, when it is given here; it wins over the actor's own.</summary>
    internal SupervisorStrategy? SupervisorStrategy { get; }

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
        return new Props(new ConstructorProducer(body.Type, constructor, arguments), strategy: supervisorStrategy);
    }

    /// <summary>By type and arguments.</summary>
    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => new(new TypeProducer(typeof(TActor), args));

    /// <summary>By type and arguments.</summary>
    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type)) throw new ArgumentException($"[{type}] is no actor.", nameof(type));
        return new Props(new TypeProducer(type, args));
    }

    /// <summary>As the routees of a router.</summary>
    public Props WithRouter(RouterConfig routerConfig) => new(_producer, routerConfig, SupervisorStrategy, MailboxPath);

    /// <summary>With the mailbox that the configuration describes at a path.</summary>
    public Props WithMailbox(string mailbox) => new(_producer, RouterConfig, SupervisorStrategy, mailbox);

    internal static Props CreateBy(IIndirectActorProducer producer) => new(producer);

    internal Props WithoutRouter() => new(_producer, null, SupervisorStrategy, MailboxPath);

    internal Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(_producer, RouterConfig, supervisorStrategy, MailboxPath);

    internal ActorBase NewActor() => _producer.Produce();

    internal void Release(ActorBase actor) => _producer.Release(actor);

    // Constants and captured variables, nearly all there is, need no compiler.
    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field, Expression: null } => field.GetValue(null),
        MemberExpression { Member: FieldInfo field, Expression: { } owner } when Evaluate(owner) is { } instance => field.GetValue(instance),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private sealed class ConstructorProducer(Type type, ConstructorInfo constructor, object?[] arguments) : IIndirectActorProducer
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
