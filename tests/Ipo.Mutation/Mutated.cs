using System.Diagnostics;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Ipo.Mutation;

/// <summary>An assembly with every mutant of the chosen files that compiles.</summary>
internal sealed record Mutated(string Assembly, byte[] Image, IReadOnlyList<Mutant> Mutants, int LeftOut)
{
    // Every loop asks the switch, so it can end those that a mutant makes endless.
    private const string Switch = """
        public static class MutantSwitch
        {
            public static int Active = -1;
            public static bool[] Hits = [];
            public static long Left = long.MaxValue;

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
            public static bool On(int number)
            {
                Hits[number] = true;
                if ((--Left & 15) == 0) Check();
                return number == Active;
            }

            private static void Check()
            {
                if (Left <= 0) throw new System.TimeoutException("The mutant loops.");
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            }
        }
        """;

    public static Mutated Of(string project, IReadOnlyList<string> parts)
    {
        var folder = Path.GetFullPath(project);
        var asked = CSharpCommandLineParser.Default.Parse(CompilerArguments(folder), folder, null);
        var options = asked.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithOptimizationLevel(OptimizationLevel.Release);
        var sources = asked.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), asked.ParseOptions, file.Path)).ToList();
        var plain = CSharpCompilation.Create(asked.CompilationName, sources, asked.MetadataReferences.Select(one => MetadataReference.CreateFromFile(one.Reference)), options);
        CSharpGeneratorDriver.Create(
                asked.AnalyzerReferences.SelectMany(one => new AnalyzerFileReference(one.FilePath, new InPlace()).GetGenerators(LanguageNames.CSharp)),
                parseOptions: asked.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(plain, out var generated, out _);
        var added = generated.SyntaxTrees.Except(sources).Append(CSharpSyntaxTree.ParseText(Switch, asked.ParseOptions)).ToList();
        bool IsChosen(string name) => !name.StartsWith("obj/", StringComparison.Ordinal) && parts.Any(part => name.StartsWith(part, StringComparison.Ordinal));

        for (HashSet<int> leftOut = []; ;)
        {
            List<Mutant> found = [];
            var next = 0;
            var trees = sources.ConvertAll(tree =>
            {
                var name = Path.GetRelativePath(folder, tree.FilePath).Replace('\\', '/');
                if (!IsChosen(name)) return tree;
                var mutations = new Mutations(name, next, leftOut);
                var root = mutations.Visit(tree.GetRoot())!;
                next = mutations.Next;
                found.AddRange(mutations.Found);
                return tree.WithRootAndOptions(root, asked.ParseOptions);
            });
            using var image = new MemoryStream();
            var result = CSharpCompilation.Create(asked.CompilationName, [.. trees, .. added], generated.References, options)
                .Emit(image, manifestResources: asked.ManifestResources);
            if (result.Success) return new(asked.CompilationName!, image.ToArray(), found, leftOut.Count);
            leftOut.UnionWith(result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).SelectMany(At).ToList());
        }
    }

    // The innermost mutant around an error; else those of the smallest piece of code around it that has any.
    private static IEnumerable<int> At(Diagnostic error)
    {
        var around = error.Location.SourceTree!.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true).AncestorsAndSelf().ToList();
        if (around.SelectMany(Numbers).Take(1).ToList() is { Count: > 0 } inner) return inner;
        return around.Select(outer => outer.DescendantNodes().SelectMany(Numbers).ToList()).FirstOrDefault(some => some.Count > 0)
            ?? throw new InvalidOperationException($"No mutant explains: {error}");
    }

    private static IEnumerable<int> Numbers(SyntaxNode node) => node.GetAnnotations(Mutations.Mark).Select(mark => int.Parse(mark.Data!));

    // What MSBuild would give the compiler, without compiling.
    private static string[] CompilerArguments(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["build", folder, "--no-restore", "-t:PrepareResources;Compile", "-getItem:CscCommandLineArgs",
            "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:DesignTimeBuild=true", "-p:BuildProjectReferences=false",
            "-p:NonExistentFile=__none__/__none__"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"MSBuild cannot read {folder}; build it first. {output}");
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(one => one.GetProperty("Identity").GetString()!)];
    }

    private sealed class InPlace : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) => System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
