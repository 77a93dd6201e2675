using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMonitor.Configuration;
using ActorMonitor.Configuration.Tests;
using ActorMonitor.Host.Commands;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.Samples;

/// <summary>The samples and the files made of the catalog, against the real catalog of services.</summary>
public class SampleFilesTests
{
    private static readonly string Hocon = Path.Combine(AppContext.BaseDirectory, "samples");
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly SchemaEvaluator Schema = new(JsonNode.Parse(File.ReadAllText(Path.Combine(Hocon, "jobs.schema.json")))!.AsObject());

    public static TheoryData<string> InvalidJobs =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "invalid"), "*.json").Select(file => Path.GetFileName(file)).Where(IsJson).Order(),
    ];

    [Fact]
    public void The_schema_is_that_of_the_catalog()
        => ShouldBeFresh("hocon/jobs.schema.json", File.ReadAllText(Path.Combine(Hocon, "jobs.schema.json")), JobsSchema.Generate(Configured.Catalog));

    [Fact]
    public void The_reference_of_jobs_is_that_of_the_catalog()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "jobs.md"));
        var written = page[..Math.Max(0, page.IndexOf("## A job\n", StringComparison.Ordinal))];

        // Above what is generated stands what people wrote.
        written.ShouldStartWith("# Jobs\n");
        ShouldBeFresh("docs/reference/jobs.md", page, written + JobsReference.Generate(Configured.Catalog));
    }

    [Fact]
    public void The_reference_names_every_service_setting_and_expectation()
    {
        var reference = JobsReference.Generate(Configured.Catalog);

        foreach (var service in Configured.Catalog.Services)
        {
            reference.ShouldContain($"\n## {service.Name}\n\n{service.Description}");
            foreach (var setting in service.Settings.Concat(service.Expectations))
                reference.ShouldContain($"\n| `{setting.Name}` | ");
        }
    }

    [Theory]
    [InlineData("up", NodeRole.Up)]
    [InlineData("manager", NodeRole.Manager)]
    [InlineData("monitor", NodeRole.Monitor)]
    public void Every_sample_is_read_without_a_mistake(string name, NodeRole role)
    {
        var (configured, errors) = Configured.TryRead(new RunOptions(Path.Combine(Hocon, $"{name}.hocon"), null, [], OutputFormat.Text, null), role, name);

        errors.ShouldBeEmpty();
        configured.ShouldNotBeNull().Jobs.IsEmpty.ShouldBe(role != NodeRole.Manager);
    }

    [Fact]
    public void Every_sample_is_tested()
        => Directory.GetFiles(Hocon, "*.hocon").Select(Path.GetFileNameWithoutExtension).ShouldBe(["manager", "monitor", "up"], ignoreOrder: true);

    [Fact]
    public void The_sample_jobs_satisfy_the_schema()
        => Schema.Accepts(JsonNode.Parse(File.ReadAllText(Path.Combine(Hocon, "jobs.json")), documentOptions: Lenient)).ShouldBeTrue();

    [Fact]
    public void The_jobs_in_comments_are_right_too_and_show_every_service()
    {
        var text = File.ReadAllText(Path.Combine(Hocon, "jobs.json")).Replace("// {", "{", StringComparison.Ordinal);

        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes(text), "jobs.json", Configured.Catalog, [new MonitorAddress("local", "127.0.0.1", 8091, "local", "")]);

        reading.Errors.ShouldBeEmpty();
        reading.File!.Jobs.Select(job => job.Check.Service).Distinct().ShouldBe(Configured.Catalog.Services.Select(service => service.Name), ignoreOrder: true);
        Schema.Accepts(JsonNode.Parse(text, documentOptions: Lenient)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(InvalidJobs))]
    public void Invalid_jobs_do_not_satisfy_the_schema(string name)
        => Schema.Accepts(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "invalid", name)), documentOptions: Lenient)).ShouldBeFalse();

    private static void ShouldBeFresh(string file, string present, string generated)
    {
        if (present == generated)
            return;
        var fresh = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fresh")).FullName, Path.GetFileName(file));
        File.WriteAllText(fresh, generated);
        Assert.Fail($"{file} is stale: cp {fresh} {file}");
    }

    // What is no JSON at all is for no schema to judge; nor are two keys of one name, of which a schema sees one.
    private static bool IsJson(string name)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "invalid", name)), documentOptions: Lenient) is JsonObject or JsonArray;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
