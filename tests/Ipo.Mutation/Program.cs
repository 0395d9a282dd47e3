using System.CommandLine;
using System.Globalization;
using Ipo.Mutation;

// Breaks a project in many small ways, one at a time, and asks which breaks no test notices (CONTRIBUTING.md, "Mutation score").
var project = new Option<string>("--project") { Description = "Folder of the project to break, built before.", Required = true };
var parts = new Option<string[]>("--parts") { Description = "Folders or files in it to break. Default: all.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [""] };
var tests = new Option<string[]>("--tests") { Description = "Namespaces whose tests have to notice.", AllowMultipleArgumentsPerToken = true, Required = true };
var but = new Option<string[]>("--but") { Description = "Test classes that are not asked, for instance slow ones.", AllowMultipleArgumentsPerToken = true };
var assembly = new Option<string>("--assembly") { Description = "The test assembly, built before.", DefaultValueFactory = _ => "tests/Ipo.Tests/bin/Debug/net10.0/Ipo.Tests.dll" };
var equivalent = new Option<string>("--equivalent") { Description = "Mutants that change nothing anyone can see, with the reason.", DefaultValueFactory = _ => "tests/Ipo.Mutation/equivalent.txt" };
var slowest = new Option<double>("--slowest") { Description = "Seconds of processor time that a test may take to be asked; thirty times as many when it runs first.", DefaultValueFactory = _ => 0.5 };
var most = new Option<int>("--most") { Description = "Number of mutants to try, drawn at random by a fixed seed. Default: all.", DefaultValueFactory = _ => int.MaxValue };
var written = new Option<string>("--out")
{
    Description = "File for one line a mutant. Mutants that are in it already are not run again; one that ended the process counts as killed.",
    DefaultValueFactory = _ => "artifacts/mutants.txt",
};
var command = new RootCommand("Measures which small breaks of a project its tests notice.") { project, parts, tests, but, assembly, equivalent, slowest, most, written };
command.SetAction(parsed =>
{
    var mutated = Mutated.Of(parsed.GetValue(project)!, parsed.GetValue(parts)!);
    var excused = File.ReadLines(parsed.GetValue(equivalent)!).Where(line => !line.StartsWith('#')).Select(line => line.Split("  ##  ")[0]).ToHashSet();
    Console.WriteLine($"{mutated.Mutants.Count} mutants of {mutated.Assembly}; {mutated.LeftOut} more do not compile.");
    TestRoom Room(bool isBrief) => new(mutated, Path.GetFullPath(parsed.GetValue(assembly)!), parsed.GetValue(tests)!, parsed.GetValue(but)!, isBrief);
    using var room = Room(isBrief: false);
    // The second time, what is computed once and kept is not computed again.
    var first = room.Cases.ConvertAll(test => room.Run(test, -1));
    foreach (var (test, outcome) in room.Cases.Zip(first))
        if (outcome.Failure is { } failure) Console.WriteLine($"Left out, since it fails here unbroken: {test.Name}: {failure.Message.ReplaceLineEndings(" ")}");
        else if (!IsQuick(outcome, 30)) Console.WriteLine($"Left out, since it takes {outcome.Took.TotalSeconds:0} s: {test.Name}");
    bool IsQuick(Outcome outcome, int times) => outcome.Took.TotalSeconds <= times * parsed.GetValue(slowest);
    var again = first.Index().Where(one => one.Item.Failure is null && IsQuick(one.Item, 30)).ToDictionary(one => one.Index, one => room.Run(room.Cases[one.Index], -1));
    foreach (var at in again.Keys.Where(at => !IsQuick(again[at], 1))) Console.WriteLine($"Left out, since it takes {again[at].Took.TotalSeconds:0.0} s: {room.Cases[at].Name}");
    var asked = again.Keys.Where(at => IsQuick(again[at], 1)).ToList();
    asked.Sort((one, other) => again[one].Took.CompareTo(again[other].Took));
    Console.WriteLine($"{asked.Count} tests take {asked.Sum(at => again[at].Took.TotalSeconds):0.0} s.");

    var target = Path.GetFullPath(parsed.GetValue(written)!);
    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
    var known = File.Exists(target) ? File.ReadLines(target).Select(line => line.Split('\t')).ToDictionary(line => line[0], line => line[1]) : [];
    using var file = new StreamWriter(target) { AutoFlush = true };
    var drawn = mutated.Mutants.ToArray();
    new Random(1).Shuffle(drawn);
    var fates = drawn.Take(parsed.GetValue(most)).Select(mutant =>
    {
        file.Write($"{mutant}\t");
        var fate = excused.Contains(mutant.Key) ? "equivalent" : !known.TryGetValue($"{mutant}", out var last) ? Fate(mutant) : last.Length > 0 ? last : "killed by itself";
        file.WriteLine(fate);
        return (Folder: Path.GetDirectoryName(mutant.File)!, Fate: fate.Split(' ')[0]);
    }).ToList();
    foreach (var group in fates.GroupBy(one => one.Folder).Append(fates.GroupBy(_ => "all").Single()))
    {
        int Count(string fate) => group.Count(one => one.Fate == fate);
        var alive = group.Count() - Count("equivalent");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{100.0 * Count("killed") / Math.Max(1, alive),6:0.0} %  {Count("killed"),5} of {alive,5}  {Count("equivalent"),3} equivalent  {group.Key}"));
    }

    string Fate(Mutant mutant)
    {
        bool Fails(TestRoom where, int at) => where.Run(where.Cases[at], mutant.Number, (5 * again[at].Asked) + 1_000_000).Failure is not null;
        foreach (var at in asked.Where(at => again[at].Hits.Contains(mutant.Number)))
            if (Fails(room, at)) return $"killed by {room.Cases[at].Name}";
        if (!first.Exists(outcome => outcome.Hits.Contains(mutant.Number))) return "uncovered";
        if (!asked.Exists(at => first[at].Hits.Contains(mutant.Number) && !again[at].Hits.Contains(mutant.Number))) return "survived";
        // What is computed once has to be computed anew, broken; whatever reads its file may notice.
        var neighbours = mutated.Mutants.Where(one => one.File == mutant.File).Select(one => one.Number).ToHashSet();
        using var anew = Room(isBrief: true);
        foreach (var at in asked.Where(at => first[at].Hits.Overlaps(neighbours)))
            if (Fails(anew, at)) return $"killed by {room.Cases[at].Name}";
        return "survived";
    }
});
return command.Parse(args).Invoke();
