using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>What a node knows of the other kind of node: enough to send an operator there.</summary>
/// <param name="Kind"><c>manager</c> or <c>monitor</c>.</param>
/// <param name="Port">The port on which its pbm listens by default.</param>
/// <param name="Commands">The first words of its commands: palettes and aliases.</param>
public sealed record OtherNode(string Kind, int Port, ImmutableArray<string> Commands);
