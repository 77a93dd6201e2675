using System.Xml.Linq;

namespace ActorMonitor.Architecture.Tests;

/// <summary>The repository as files: what the rules of the design are held against.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The projects below a folder of the root, by project name.</summary>
    internal static IReadOnlyDictionary<string, ProjectFile> Projects(string folder)
        => FilesBelow(folder, "*.csproj").Select(path => new ProjectFile(path)).ToDictionary(project => project.Name);

    /// <summary>Files below a folder, without what a build leaves there.</summary>
    internal static IEnumerable<string> FilesBelow(string folder, string pattern)
    {
        var path = Path.Combine(Root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Where(file => !IsBuildOutput(file)).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>All C# files of the product, its tests and its benchmarks.</summary>
    internal static IEnumerable<string> Sources() => FilesBelow("src", "*.cs").Concat(FilesBelow("tests", "*.cs")).Concat(FilesBelow("bench", "*.cs"));

    /// <summary>A path as findings print it: from the root, with forward slashes.</summary>
    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The lines of a file for which a rule does not hold, as "path:line: text".</summary>
    internal static IEnumerable<string> LinesWhere(string path, Func<string, bool> isFinding)
        => File.ReadLines(path)
            .Select((text, index) => (text, number: index + 1))
            .Where(line => isFinding(line.text))
            .Select(line => $"{Relative(path)}:{line.number}: {line.text.Trim()}");

    private static bool IsBuildOutput(string path)
        => Relative(path).Split('/').Any(segment => segment is "bin" or "obj");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ActorMonitor.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ActorMonitor.sln was not found above " + AppContext.BaseDirectory);
    }
}

/// <summary>A project file and the arrows that it draws.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _content;

    internal ProjectFile(string path) => (FilePath, _content) = (path, XDocument.Load(path));

    internal string FilePath { get; }

    internal string Name => Path.GetFileNameWithoutExtension(FilePath);

    /// <summary>Names of the projects it references, those that Directory.Build.targets adds for UsesActors and UsesActorsTestKit included.</summary>
    internal IReadOnlySet<string> References
    {
        get
        {
            var names = _content.Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')))
                .ToHashSet(StringComparer.Ordinal);
            AddWhen("UsesActors", "ActorMonitor.Actors");
            AddWhen("UsesActorsTestKit", "ActorMonitor.Actors.TestKit");
            return names;

            void AddWhen(string property, string project)
            {
                if (_content.Descendants(property).Any(element => string.Equals(element.Value.Trim(), "true", StringComparison.OrdinalIgnoreCase)))
                {
                    names.Add(project);
                }
            }
        }
    }
}
