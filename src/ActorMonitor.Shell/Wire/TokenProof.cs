using System.Security.Cryptography;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// How pbm shows that it can read the node's token without sending it: HMAC-SHA256, keyed with the token, over the
/// node's nonce and the line. Whoever listens, or poses as the node, learns nothing that serves for another line.
/// </summary>
internal static class TokenProof
{
    public const int MinTokenLength = 16;
    public const int MaxTokenLength = 512;

    public static string Of(string token, string nonce, IReadOnlyList<string> line)
    {
        var text = new StringBuilder("pbm/v1\n").Append(nonce).Append('\n');

        // Each word with its length: two different lines never give one text.
        foreach (var word in line)
            text.Append(word.Length).Append(':').Append(word);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text.ToString())));
    }

    public static bool IsRight(string token, string nonce, IReadOnlyList<string> line, string proof)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(token, nonce, line)), Encoding.ASCII.GetBytes(proof));
}
