namespace Akka.Actor;

/// <summary>A message and its sender.</summary>
public readonly record struct Envelope(object Message, IActorRef Sender);
