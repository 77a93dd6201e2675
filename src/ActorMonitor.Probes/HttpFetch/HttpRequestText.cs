using System.Globalization;
using System.Text;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>Writes requests as HTTP/1.1 sends them (RFC 9112 section 3).</summary>
internal static class HttpRequestText
{
    private static readonly string UserAgent = $"ActorMonitor/{typeof(HttpRequestText).Assembly.GetName().Version?.ToString(3)}";

    // After a redirect to another origin only these of the job's headers go along: they are no secrets.
    private static readonly string[] Harmless = ["User-Agent", "Accept", "Accept-Language", "Accept-Encoding"];

    /// <summary>All fields of a request but those that frame it.</summary>
    public static List<HeaderLine> FieldsOf(HttpPlan plan, HttpTarget target)
    {
        var fields = new List<HeaderLine>(plan.Headers.Length + 5) { new("Host", target.IsOwnOrigin && plan.HostHeader is { } host ? host : target.Authority) };
        foreach (var header in plan.Headers)
        {
            if (target.IsOwnOrigin || Harmless.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                fields.Add(header);
        }

        if (target.IsOwnOrigin && plan.Authorization is { } authorization)
            fields.Add(new HeaderLine("Authorization", authorization));
        AddDefault(fields, "User-Agent", UserAgent);
        AddDefault(fields, "Accept", "*/*");
        AddDefault(fields, "Accept-Encoding", plan.Compression switch { "none" => "identity", "any" => "gzip, deflate, br", var one => one });
        return fields;
    }

    /// <summary>The bytes of a request.</summary>
    /// <param name="plan">The job.</param>
    /// <param name="target">What to ask for.</param>
    /// <param name="isToProxy">Whether a proxy is asked, which wants the whole URI (RFC 9112 section 3.2.2).</param>
    public static byte[] BytesOf(HttpPlan plan, HttpTarget target, bool isToProxy)
    {
        var body = target.SendsBody ? plan.Body : null;
        var text = new StringBuilder(256).Append(target.Method.Method).Append(' ');
        if (isToProxy)
            text.Append("http://").Append(target.Authority);
        text.Append(target.Uri.PathAndQuery).Append(" HTTP/1.1\r\n");
        var fields = FieldsOf(plan, target);
        if (isToProxy && plan.Proxy?.Authorization is { } authorization)
            fields.Add(new HeaderLine("Proxy-Authorization", authorization));
        if (body is not null)
            AddDefault(fields, "Content-Type", "text/plain; charset=utf-8");
        foreach (var field in fields)
            Append(text, field);

        // RFC 9110 section 8.6: a method that has a use for content says that there is none.
        if (body is not null || (target.Method != HttpMethod.Get && target.Method != HttpMethod.Head && target.Method != HttpMethod.Options && target.Method != HttpMethod.Trace && target.Method != HttpMethod.Delete))
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body?.Length ?? 0}\r\n");
        text.Append("\r\n");
        var head = Encoding.ASCII.GetBytes(text.ToString());
        return body is null ? head : [.. head, .. body];
    }

    /// <summary>The bytes that ask a proxy for a tunnel (RFC 9110 section 9.3.6).</summary>
    public static byte[] TunnelTo(HttpTarget target, HttpProxy proxy)
    {
        var authority = $"{target.HostText}:{target.Uri.Port.ToString(CultureInfo.InvariantCulture)}";
        var text = new StringBuilder($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        Append(text, new HeaderLine("User-Agent", UserAgent));
        if (proxy.Authorization is not null)
            Append(text, new HeaderLine("Proxy-Authorization", proxy.Authorization));
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    private static void Append(StringBuilder text, HeaderLine field) => text.Append(field.Name).Append(": ").Append(field.Value).Append("\r\n");

    private static void AddDefault(List<HeaderLine> fields, string name, string value)
    {
        if (!fields.Exists(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            fields.Add(new HeaderLine(name, value));
    }
}
