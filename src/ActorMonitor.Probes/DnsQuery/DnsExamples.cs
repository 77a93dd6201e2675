using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>The examples of the reference page.</summary>
internal static class DnsExamples
{
    public static readonly ImmutableArray<ServiceExample> All =
    [
        new("Asks a resolver for the address of a site, and wants it soon",
            """
            {
              "name": "resolver", "service": "dns", "host": "ns1.example.com", "interval": "30s", "timeout": "3s",
              "settings": { "query": "www.example.com", "retransmit": true },
              "expect": { "answer": ["192.0.2.80"], "flags": ["ra"], "responseMs": 100 }
            }
            """),
        new("Checks that a zone's records are exactly these, whatever their order, and neither too short-lived nor kept for too long",
            """
            {
              "name": "mail-records", "service": "dns", "host": "ns1.example.com", "interval": "5m",
              "settings": { "query": "example.com", "type": "MX", "recursion": false, "transport": "udp" },
              "expect": {
                "answers": { "equals": ["10 mail.example.com", "20 mail2.example.com"], "allMatch": ["\\sIN MX \\d+ mail"], "max": 4 },
                "minAnswers": 2, "flags": ["aa"], "ttl": { "min": 60, "max": 86400 }
              }
            }
            """),
        new("Checks that all name servers of a zone answer with authority and hold the same serial, give or take one",
            """
            {
              "name": "zone", "service": "dns", "host": "ns1.example.com", "interval": "5m",
              "settings": { "query": "example.com", "nameServers": true, "family": "ipv4", "resolver": "192.0.2.53" },
              "expect": { "serialTolerance": 1 }
            }
            """),
        new("Checks a resolver over TLS, and its certificate",
            """
            {
              "name": "private-dns", "service": "dns", "host": "dns.example.com", "port": 853, "interval": "1m",
              "settings": { "query": "www.example.com", "transport": "tls", "serverName": "dns.example.com", "tls": { "minVersion": "1.2", "maxVersion": "1.3" } },
              "expect": { "certificateDays": 14, "certificate": { "names": ["dns.example.com"] }, "tls": { "versions": ["1.3", "1.2"] } }
            }
            """),
        new("Checks a resolver inside a network whose authority is its own, which wants a client certificate and a cipher suite",
            """
            {
              "name": "inner-dns", "service": "dns", "host": "dns.example.com", "port": 853, "interval": "1m",
              "settings": {
                "query": "www.example.com", "transport": "tls", "ca": "/etc/actormonitor/ca.pem",
                "clientCertificate": "/etc/actormonitor/client.pem", "clientKey": "/etc/actormonitor/client.key",
                "tls": { "offer": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] }
              },
              "expect": {
                "certificate": { "issuer": "Root" },
                "tls": { "ciphers": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"], "notCiphers": ["TLS_CHACHA20_POLY1305_SHA256"] }
              }
            }
            """),
        new("Asks over TLS and takes whatever certificate there is",
            """
            {
              "name": "lab-dns", "service": "dns", "host": "dns.example.com", "port": 853,
              "settings": { "query": "www.example.com", "transport": "tls", "insecure": true }
            }
            """),
        new("Checks that a validating resolver validates, and that a zone's signatures do not run out",
            """
            {
              "name": "dnssec", "service": "dns", "host": "ns1.example.com", "interval": "10m",
              "settings": { "query": "www.example.com", "dnssec": true, "payloadSize": 4096 },
              "expect": { "flags": ["ad"], "signatureDays": 3, "answers": { "matches": ["\\sRRSIG A "] } }
            }
            """),
        new("Looks past a validation that fails",
            """
            {
              "name": "bogus", "service": "dns", "host": "ns1.example.com",
              "settings": { "query": "bogus.example.com", "checkingDisabled": true },
              "expect": { "flags": ["cd"], "noFlags": ["ad", "tc"] }
            }
            """),
        new("Asks a server for its version, and which of the servers behind its address it is",
            """
            {
              "name": "server-version", "service": "dns", "host": "ns1.example.com", "interval": "1h",
              "settings": { "query": "version.bind", "type": "TXT", "class": "CH", "nsid": true, "recursion": false },
              "expect": { "answers": { "excludes": ["9\\.1[0-6]\\."] } }
            }
            """),
        new("Checks that a server serves nobody's recursion: it refuses, or at most refers",
            """
            {
              "name": "closed", "service": "dns", "host": "ns1.example.com", "interval": "10m",
              "settings": { "query": "www.example.net" },
              "expect": { "rcodes": ["REFUSED", "NOERROR"], "minAnswers": 0, "noFlags": ["ra"], "answers": { "max": 0 } }
            }
            """),
        new("Checks a delegation: the name servers in the authority section, with their addresses beside them",
            """
            {
              "name": "delegation", "service": "dns", "host": "ns1.example.com", "interval": "10m",
              "settings": { "query": "sub.example.com", "type": "NS", "recursion": false },
              "expect": {
                "minAnswers": 0, "noFlags": ["aa"],
                "authority": {
                  "contains": ["ns1.sub.example.com"], "equals": ["ns1.sub.example.com", "ns2.sub.example.com"],
                  "matches": ["^sub\\.example\\.com\\. "], "allMatch": ["\\sNS\\s"], "excludes": ["example\\.net"], "min": 2, "max": 4
                },
                "additional": {
                  "contains": ["192.0.2.53"], "equals": ["192.0.2.53", "192.0.2.54"], "matches": ["^ns1\\."], "allMatch": ["\\sA\\s"], "excludes": ["\\s10\\."],
                  "min": 2, "max": 4
                }
              }
            }
            """),
        new("Checks over TCP, from a certain address of the monitor and with a mark on its packets, that a name is gone",
            """
            {
              "name": "gone", "service": "dns", "host": "ns1.example.com",
              "settings": { "query": "old.example.com", "transport": "tcp", "source": "127.0.0.1", "dscp": 46 },
              "expect": { "rcode": "NXDOMAIN", "authority": { "min": 1 } }
            }
            """),
        new("Asks a resolver on a path where forgers may be, for a record type without a name, and without EDNS",
            """
            {
              "name": "careful", "service": "dns", "host": "ns1.example.com",
              "settings": { "query": "odd.example.com", "type": "TYPE65280", "mixedCase": true, "edns": false }
            }
            """),
    ];
}
