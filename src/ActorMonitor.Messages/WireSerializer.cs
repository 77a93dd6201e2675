using System.Runtime.Serialization;
using ActorMonitor.Messages.Wire;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Google.Protobuf;

namespace ActorMonitor.Messages;

/// <summary>The one serializer of the messages between manager and monitor; bound to <see cref="IWireMessage"/>.</summary>
public sealed class WireSerializer : SerializerWithStringManifest
{
    private const string ConnectManifest = "connect";
    private const string ConnectedManifest = "connected";
    private const string RefusedManifest = "refused";
    private const string HeartbeatManifest = "heartbeat";
    private const string ExecuteManifest = "execute";
    private const string CompletedManifest = "completed";
    private const string AcknowledgeManifest = "acknowledge";
    private const string GrantManifest = "grant";
    private const string RevokeManifest = "revoke";
    private const string GrantedManifest = "granted";
    private const string DroppedManifest = "dropped";
    private const string CreditManifest = "credit";
    private const string CheckOnceManifest = "check-once";
    private const string OnceStartedManifest = "once-started";
    private const string OnceEndedManifest = "once-ended";
    private const string CancelManifest = "cancel";

    /// <summary>Made by the actor system.</summary>
    public WireSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>The serializer's number on the wire; it never changes.</summary>
    public override int Identifier => 8091;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        Heartbeat => HeartbeatManifest,
        Execute => ExecuteManifest,
        Completed => CompletedManifest,
        Acknowledge => AcknowledgeManifest,
        Credit => CreditManifest,
        Grant => GrantManifest,
        Granted => GrantedManifest,
        Revoke => RevokeManifest,
        Dropped => DroppedManifest,
        Connect => ConnectManifest,
        Connected => ConnectedManifest,
        Refused => RefusedManifest,
        CheckOnce => CheckOnceManifest,
        OnceStarted => OnceStartedManifest,
        OnceEnded => OnceEndedManifest,
        Cancel => CancelManifest,
        _ => throw NotOurs(o),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        IMessage message = obj switch
        {
            Heartbeat m => WireWriter.Write(m),
            Execute m => WireWriter.Write(m),
            Completed m => WireWriter.Write(m),
            Acknowledge m => WireWriter.Write(m),
            Credit m => WireWriter.Write(m),
            Grant m => WireWriter.Write(m),
            Granted m => WireWriter.Write(m),
            Revoke m => WireWriter.Write(m),
            Dropped m => WireWriter.Write(m),
            Connect m => WireWriter.Write(m),
            Connected m => WireWriter.Write(m),
            Refused m => WireWriter.Write(m),
            CheckOnce m => WireWriter.Write(m),
            OnceStarted m => WireWriter.Write(m),
            OnceEnded m => WireWriter.Write(m),
            Cancel m => WireWriter.Write(m),
            _ => throw NotOurs(obj),
        };
        return message.ToByteArray();
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are no such message, or break a bound of it.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (bytes.Length > WireLimits.MessageBytes)
            throw new SerializationException($"a message of {bytes.Length} bytes is over the bound of {WireLimits.MessageBytes}");
        try
        {
            return manifest switch
            {
                HeartbeatManifest => WireReader.Read(HeartbeatMessage.Parser.ParseFrom(bytes)),
                ExecuteManifest => WireReader.Read(ExecuteMessage.Parser.ParseFrom(bytes)),
                CompletedManifest => WireReader.Read(CompletedMessage.Parser.ParseFrom(bytes)),
                AcknowledgeManifest => WireReader.Read(AcknowledgeMessage.Parser.ParseFrom(bytes)),
                CreditManifest => WireReader.Read(CreditMessage.Parser.ParseFrom(bytes)),
                GrantManifest => WireReader.Read(GrantMessage.Parser.ParseFrom(bytes)),
                GrantedManifest => WireReader.Read(GrantedMessage.Parser.ParseFrom(bytes)),
                RevokeManifest => WireReader.Read(RevokeMessage.Parser.ParseFrom(bytes)),
                DroppedManifest => WireReader.Read(DroppedMessage.Parser.ParseFrom(bytes)),
                ConnectManifest => WireReader.Read(ConnectMessage.Parser.ParseFrom(bytes)),
                ConnectedManifest => WireReader.Read(ConnectedMessage.Parser.ParseFrom(bytes)),
                RefusedManifest => WireReader.Read(RefusedMessage.Parser.ParseFrom(bytes)),
                CheckOnceManifest => WireReader.Read(CheckOnceMessage.Parser.ParseFrom(bytes)),
                OnceStartedManifest => WireReader.Read(OnceStartedMessage.Parser.ParseFrom(bytes)),
                OnceEndedManifest => WireReader.Read(OnceEndedMessage.Parser.ParseFrom(bytes)),
                CancelManifest => WireReader.Read(CancelMessage.Parser.ParseFrom(bytes)),
                _ => throw new SerializationException("an unknown manifest"),
            };
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException($"{manifest}: not protobuf: {e.Message}", e);
        }
    }

    private static ArgumentException NotOurs(object o) => new($"{o.GetType()} is no message between manager and monitor");
}

/// <summary>
/// Stands where Akka has its polymorphic JSON serializer (named <c>json</c>), so that no type name from the wire is ever
/// loaded and nothing that was not meant for the wire gets onto it: it refuses both ways.
/// </summary>
public sealed class RefusingSerializer : SerializerWithStringManifest
{
    /// <summary>Made by the actor system.</summary>
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Made by an actor system that has <c>akka.actor.serialization-settings.json</c>, as Akka's defaults do; there is nothing to set.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <summary>The number of the serializer that it replaces.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override string Manifest(object o) => "";

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer: it does not leave this node");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException("this serializer is not spoken here");
}
