using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The examples of <c>http</c> and <c>https</c> for the reference page.</summary>
internal static class HttpExamples
{
    private static readonly ImmutableArray<ServiceExample> Common =
    [
        new(
            "Looks for words in a page, in time",
            """
            { "name": "page", "service": "SERVICE", "host": "www.example.com", "interval": "30s",
              "settings": { "path": "/en/start?from=monitor", "family": "ipv4", "maxBody": 262144 },
              "expect": { "status": ["200", "203"], "body": { "contains": "Welcome", "notContains": "Exception", "matches": "[0-9]+ articles", "minBytes": 20, "maxBytes": 100000 }, "responseMs": 2500 } }
            """),
        new(
            "Asks an API and judges its JSON",
            """
            { "name": "api", "service": "SERVICE", "host": "api.example.com", "interval": "15s", "timeout": "5s",
              "settings": { "method": "POST", "path": "/v1/search", "body": "{\"query\":\"bolts\"}", "headers": ["Content-Type: application/json", "X-Request: monitor"],
                            "auth": { "user": "monitor", "password": "only-an-example" } },
              "expect": { "status": ["2xx"], "header": ["content-type contains json", "x-powered-by absent"],
                          "body": { "json": ["$.status == \"ok\"", "$.hits.length >= 1", "$.hits[0][\"price net\"] < 10.5", "$.hits[-1].name contains \"bolt\"", "$.error absent"] } } }
            """),
        new(
            "Shows a bearer token that never leaves the monitor",
            """
            { "name": "internal", "service": "SERVICE", "host": "intranet.example.com", "interval": 30,
              "settings": { "auth": { "tokenFile": "/etc/actormonitor/intranet.token" }, "hostHeader": "intranet", "method": "HEAD" } }
            """),
        new(
            "Follows redirects within one domain only",
            """
            { "name": "redirects", "service": "SERVICE", "host": "example.com", "interval": "1m",
              "settings": { "redirects": 3, "crossHost": "same-domain" }, "expect": { "status": ["200"] } }
            """),
        new(
            "Goes through a proxy",
            """
            { "name": "outside", "service": "SERVICE", "host": "www.example.com", "interval": "1m",
              "settings": { "proxy": { "address": "proxy.example.com:3128", "user": "monitor", "passwordFile": "/etc/actormonitor/proxy.password" } } }
            """),
        new(
            "Goes through a proxy whose password stands in the job",
            """
            { "name": "outside", "service": "SERVICE", "host": "www.example.com", "interval": "1m",
              "settings": { "proxy": { "address": "proxy.example.com:3128", "user": "monitor", "password": "only-an-example" }, "auth": { "token": "only-an-example" } } }
            """),
        new(
            "Watches a download: its hash, its freshness, its compression",
            """
            { "name": "download", "service": "SERVICE", "host": "download.example.com", "interval": "5m",
              "settings": { "path": "/list.txt", "compression": "gzip" },
              "expect": { "header": ["content-encoding = gzip"], "body": { "sha256": "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8" }, "maxAge": "10m", "maxModifiedAge": "30d" } }
            """),
        new(
            "Bounds each phase",
            """
            { "name": "phases", "service": "SERVICE", "host": "www.example.com", "interval": "30s",
              "settings": { "source": "127.0.0.1", "dscp": 46 },
              "expect": { "resolveMs": 2000, "connectMs": 2000, "tlsMs": 3000, "waitMs": 3000, "transferMs": 3000 } }
            """),
        new(
            "Checks every address of the name",
            """
            { "name": "all", "service": "SERVICE", "host": "www.example.com", "interval": "30s", "settings": { "addresses": "all", "resolver": "192.0.2.53" } }
            """),
        new(
            "Keeps its connection between checks",
            """
            { "name": "kept", "service": "SERVICE", "host": "www.example.com", "interval": "5s",
              "settings": { "reuse": true, "auth": { "user": "monitor", "passwordFile": "/etc/actormonitor/www.password" } } }
            """),
    ];

    public static ImmutableArray<ServiceExample> Http { get; } =
    [
        .. Common.Select(example => example with { Job = example.Job.Replace("SERVICE", "http", StringComparison.Ordinal) }),
        new(
            "Judges the certificate at the end of a redirect to https",
            """
            { "name": "secured", "service": "http", "host": "example.com", "interval": "1m",
              "settings": { "insecure": true, "serverName": "good.example", "tls": { "minVersion": "1.2", "maxVersion": "1.3", "offer": ["TLS_AES_256_GCM_SHA384"] } },
              "expect": { "certificateDays": 14, "certificate": { "issuer": "Root of the tests", "names": ["good.example"] },
                          "tls": { "versions": ["1.3"], "ciphers": ["TLS_AES_256_GCM_SHA384"], "notCiphers": ["TLS_CHACHA20_POLY1305_SHA256"] } } }
            """),
        new(
            "Shows a client certificate after a redirect to https",
            """
            { "name": "secured", "service": "http", "host": "example.com", "interval": "1m",
              "settings": { "ca": "/etc/actormonitor/ca.pem", "clientCertificate": "/etc/actormonitor/client.pem", "clientKey": "/etc/actormonitor/client.key", "serverName": "good.example" } }
            """),
        new(
            "Speaks HTTP/2 without TLS",
            """
            { "name": "h2c", "service": "http", "host": "grpc.example.com", "port": 8080, "interval": "30s", "settings": { "httpVersion": "2" } }
            """),
    ];

    public static ImmutableArray<ServiceExample> Https { get; } =
    [
        .. Common.Select(example => example with { Job = example.Job.Replace("SERVICE", "https", StringComparison.Ordinal) }),
        new(
            "Warns two weeks before a certificate of the chain expires, and watches issuer, names and parameters",
            """
            { "name": "certificate", "service": "https", "host": "good.example", "interval": "1h",
              "settings": { "tls": { "minVersion": "1.2", "maxVersion": "1.3", "offer": ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"] } },
              "expect": { "certificateDays": 14, "certificate": { "issuer": "Root of the tests", "names": ["good.example", "127.0.0.1"] },
                          "tls": { "versions": ["1.3"], "ciphers": ["TLS_AES_256_GCM_SHA384"], "notCiphers": ["TLS_CHACHA20_POLY1305_SHA256"] } } }
            """),
        new(
            "Shows a client certificate and trusts an authority of its own",
            """
            { "name": "mutual", "service": "https", "host": "10.0.0.7", "port": 8443, "interval": "30s",
              "settings": { "ca": "/etc/actormonitor/ca.pem", "clientCertificate": "/etc/actormonitor/client.pem", "clientKey": "/etc/actormonitor/client.key", "serverName": "good.example" } }
            """),
        new(
            "Accepts any certificate and speaks HTTP/2",
            """
            { "name": "appliance", "service": "https", "host": "appliance.example.com", "interval": "30s", "settings": { "insecure": true, "httpVersion": "2" } }
            """),
    ];
}
