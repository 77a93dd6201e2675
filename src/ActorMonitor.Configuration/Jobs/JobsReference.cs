using System.Collections.Immutable;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>The reference of jobs files in Markdown: the keys of a job, and every service with its settings and expectations.</summary>
public static class JobsReference
{
    /// <summary>The reference for these services, as text that ends with a line feed.</summary>
    public static string Generate(IServiceCatalog catalog)
    {
        var text = new StringBuilder();
        text.Append("## A job\n\n| key | accepted | default | meaning |\n|---|---|---|---|\n");
        Row(text, Code(JobBounds.Name), $"1 to {JobId.MaxLength} characters", "required", "What the job is called; unique in the file.");
        Row(text, Code(JobBounds.Service), string.Join(", ", catalog.Services.Select(service => Code(service.Name))), "required", "The kind of check, in any case of letters; each is described below.");
        Row(text, Code(JobBounds.Host), "a host name or an address", "required", "What to check, without scheme, port or path.");
        Row(text, Code(JobBounds.Port), "a whole number from 1 to 65535", "the service's", "The port, for services that have one.");
        Row(text, Code(JobBounds.Interval), Times(JobBounds.MinInterval, JobBounds.MaxInterval), Code(DurationText.Print(JobBounds.DefaultInterval)), "The time from one check to the next.");
        Row(
            text, Code(JobBounds.Timeout), $"{Times(JobBounds.MinTimeout, JobBounds.MaxTimeout)}, not above the interval",
            $"{Code(DurationText.Print(JobBounds.DefaultTimeout))}, or the interval when that is shorter", "The bound on one check.");
        Row(text, Code(JobBounds.ServerNumber), "a whole number from 1", "1", "The monitor that runs the job, by its place in the manager's list.");
        Row(text, Code(JobBounds.Locations), "a list of names or locations of monitors", "none", $"The monitors that run the job, each on a schedule of its own; instead of {Code(JobBounds.ServerNumber)}.");
        Row(text, Code(JobBounds.Settings), "an object", "none", $"How to check; see the service. With {Code(JobBounds.Expect)} at most {JobBounds.MaxSettingsBytes / 1024} KiB.");
        Row(text, Code(JobBounds.Expect), "an object", "none", "What makes it Up; see the service.");
        Row(text, Code(JobBounds.Labels), $"an object of at most {LabelBounds.MaxLabels} strings of at most {LabelBounds.MaxLength} characters", "none", "Free texts by name.");
        text.Append("\nDurations are seconds (`10`, `0.5`) or texts with a unit: `ms`, `s`, `m`, `h`, `d`. A name with a dot nests: `body.contains` is written `\"body\": { \"contains\": ... }`.\n");

        foreach (var service in catalog.Services)
            Service(text, service);
        return text.ToString();
    }

    private static void Service(StringBuilder text, ServiceDefinition service)
    {
        text.Append($"\n## {service.Name}\n\n{service.Description}");
        text.Append(service.DefaultPort switch
        {
            null => " It has no ports.",
            0 => " The job must name a port.",
            { } port => $" Default port: {port}.",
        });
        if (!service.Aliases.IsEmpty)
            text.Append($" Also called {string.Join(", ", service.Aliases.Select(Code))}.");
        text.Append('\n');
        Table(text, JobBounds.Settings, service.Settings);
        Table(text, JobBounds.Expect, service.Expectations);
        foreach (var example in service.Examples)
            text.Append($"\n{example.Title}:\n\n```json\n{example.Job.Trim().ReplaceLineEndings("\n")}\n```\n");
    }

    private static void Table(StringBuilder text, string block, ImmutableArray<Setting> settings)
    {
        if (settings.IsEmpty)
            return;
        text.Append($"\n| {Code(block)} | accepted | default | meaning |\n|---|---|---|---|\n");
        foreach (var setting in settings)
        {
            var @default = setting.Default is { } value && value.ToString().Length > 0 ? Code(value.ToString()) : "none";
            Row(text, Code(setting.Name), setting.Accepts, @default, setting.Description);
        }
    }

    private static void Row(StringBuilder text, params string[] cells)
        => text.Append($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");

    private static string Code(string text) => $"`{text}`";

    private static string Times(TimeSpan minimum, TimeSpan maximum) => $"a duration from {DurationText.Print(minimum)} to {DurationText.Print(maximum)}";
}
