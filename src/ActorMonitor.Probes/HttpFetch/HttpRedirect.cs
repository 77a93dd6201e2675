namespace ActorMonitor.Probes.HttpFetch;

/// <summary>Where a redirect leads (RFC 9110 section 15.4).</summary>
internal static class HttpRedirect
{
    public static bool Is(int status) => status is 301 or 302 or 303 or 307 or 308;

    /// <summary>The request that a redirect asks for, or why it cannot be followed.</summary>
    /// <param name="from">The request that was redirected.</param>
    /// <param name="status">The status.</param>
    /// <param name="location">The Location header, if there was one.</param>
    /// <param name="crossHost">The job's policy on other hosts.</param>
    /// <param name="home">The job's own host.</param>
    public static (HttpTarget? Next, string Problem) Follow(HttpTarget from, int status, string? location, string crossHost = "allow", string home = "")
    {
        if (string.IsNullOrEmpty(location))
            return (null, "without a location");
        if (!Uri.TryCreate(from.Uri, location, out var to) || to.Host.Length == 0 || (to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps))
            return (null, $"to {location}, which is no place to follow it to");

        if (!MayLeaveTo(to.IdnHost, home, crossHost))
            return (null, $"to {to.IdnHost}, another host, which crossHost = {crossHost} does not allow");

        // 303 asks for a GET; after 301 and 302 everyone turns a POST into one; 307 and 308 keep method and body.
        var becomesGet = status == 303 ? from.Method != HttpMethod.Head : status is 301 or 302 && from.Method == HttpMethod.Post;
        var isOwn = from.IsOwnOrigin && IsSameOrigin(from.Uri, to);
        if (!isOwn && from.SendsBody && !becomesGet && from.Method != HttpMethod.Get && from.Method != HttpMethod.Head && from.Method != HttpMethod.Options)
            return (null, $"to {to}, another origin, which is not given the job's {from.Method} request");
        return (new HttpTarget(to, becomesGet ? HttpMethod.Get : from.Method, isOwn, from.SendsBody && isOwn && !becomesGet), "");
    }

    private static bool MayLeaveTo(string host, string home, string crossHost)
    {
        if (crossHost == "allow" || host.Equals(home, StringComparison.OrdinalIgnoreCase))
            return true;
        if (crossHost == "deny" || System.Net.IPAddress.TryParse(home.Trim('[', ']'), out _))
            return false;
        var (one, other) = (Bare(host), Bare(home));
        if (!one.Contains('.', StringComparison.Ordinal) || !other.Contains('.', StringComparison.Ordinal))
            return false;
        return one.Equals(other, StringComparison.OrdinalIgnoreCase) || one.EndsWith($".{other}", StringComparison.OrdinalIgnoreCase)
            || other.EndsWith($".{one}", StringComparison.OrdinalIgnoreCase);
    }

    // A domain of one label holds strangers.
    private static string Bare(string host)
    {
        var bare = host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host;
        return bare.Contains('.', StringComparison.Ordinal) ? bare : host;
    }

    // The step from http to https on the default ports is the same site grown safer; anything else might be a stranger's.
    private static bool IsSameOrigin(Uri from, Uri to)
        => from.IdnHost.Equals(to.IdnHost, StringComparison.OrdinalIgnoreCase)
            && ((from.Scheme == to.Scheme && from.Port == to.Port) || (to.Scheme == Uri.UriSchemeHttps && from.IsDefaultPort && to.IsDefaultPort));
}
