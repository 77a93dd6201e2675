namespace ActorMonitor.Shell;

/// <summary>Where pbm finds a node's token: in the file it was given, or in the one that a node on this machine names.</summary>
/// <param name="given">The file of <c>--token-file</c> or of the environment; null when neither is given.</param>
internal sealed class TokenSource(string? given)
{
    public const string Variable = "ACTORMONITOR_PBM_TOKEN_FILE";

    /// <summary>The token, or why there is none and what to do about it.</summary>
    /// <param name="node">The node that wants it proven.</param>
    /// <param name="named">The file that the node named.</param>
    public (string? Token, string? Problem) Find(NodeAddress node, string? named)
    {
        var path = given;
        if (path is null)
        {
            // A node elsewhere has no say in which of our files are read, and one here only by the token's own name.
            if (!node.IsLoopback || named is null || Path.GetFileName(named) != TokenFile.Name || !Path.IsPathFullyQualified(named))
                return (null, $"copy the file {TokenFile.Name} from the node's data folder and name it with --token-file.");
            path = named;
        }

        var (token, problem) = TokenFile.Read(path);
        return token is not null
            ? (token, null)
            : (null, $"{path} cannot be used, {problem}. Run pbm as the node's user, or name a readable copy with --token-file.");
    }
}
