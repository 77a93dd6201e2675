using System.Text;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests;

/// <summary>
/// Runs the examples of the reference page. Their hosts are names of the outside world; a test gives each a server on
/// loopback, and its port.
/// </summary>
internal static class Examples
{
    /// <summary>The titles of a service's examples, for a theory over them.</summary>
    public static TheoryData<string> TitlesOf(ServiceDefinition service) => [.. service.Examples.Select(example => example.Title)];

    /// <summary>The check of an example, read as a jobs file is.</summary>
    public static CheckDefinition Read(ServiceDefinition service, string title)
    {
        var catalog = new ServiceCatalog(ProbeCatalog.Entries.Select(entry => entry.Definition));
        var text = $"[{service.Examples.Single(example => example.Title == title).Job}]";
        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes(text), "example", catalog, [new MonitorAddress("local", "127.0.0.1", 8091, "local", "")]);
        reading.Errors.ShouldBeEmpty();
        var check = reading.File!.Jobs.Single().Check;
        check.Service.ShouldBe(service.Name);
        return check;
    }

    /// <summary>The request for an example's check, to another port when one is given.</summary>
    public static ProbeRequest Request(CheckDefinition check, int? port = null)
        => new(check.Job.Name, check.Host, port ?? check.Port, check.Timeout, check.Settings, check.Expectations);
}
