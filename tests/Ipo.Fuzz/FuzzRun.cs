using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Ipo.Fuzz;

/// <summary>Gives targets inputs until each had its share, keeps the inputs that take new branches to begin with, and notes what must not
/// happen: another exception than a refusal, an input that takes too long, one that takes too much memory, memory that does not come back.</summary>
internal sealed class FuzzRun(long inputs, int seed, string finds, CurrentInput current, Process parent)
{
    // Input of a few kilobytes, on a machine that others use too.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    // Caches of the code under test (words of the tokenizer, compiled expressions, connections) are full after the first tenth.
    private const int WarmUpPart = 10;
    private const long MostGrowth = 32 << 20;

    private const int MostKept = 4_000;

    private readonly HashSet<string> _known = [];
    private long _begun;

    /// <returns>How many different finds there were.</returns>
    public int Go(IReadOnlyList<Target> targets)
    {
        new Thread(Watch) { IsBackground = true }.Start();
        var lanes = targets.Select((target, index) => new Lane(target, index, seed)).ToList();
        var all = lanes.Sum(lane => lane.Target.Share);
        var (clock, given, warm, said) = (Stopwatch.StartNew(), 0L, 0L, TimeSpan.Zero);
        foreach (var lane in lanes)
            foreach (var input in lane.Target.Seeds) One(lane, input);
        while (given < inputs)
        {
            foreach (var lane in lanes)
                for (var turn = 0; turn < lane.Target.Share; turn++) One(lane, lane.Next());
            given += all;
            if (warm == 0 && given >= inputs / WarmUpPart) warm = Managed();
            if (clock.Elapsed - said < TimeSpan.FromSeconds(30)) continue;
            said = clock.Elapsed;
            Console.WriteLine(Invariant($"{given:N0} inputs in {said.TotalSeconds:0} s, {_known.Count} finds, {Environment.WorkingSet >> 20} MiB"));
        }
        var growth = Managed() - warm;
        Console.WriteLine();
        Console.WriteLine("| target | inputs | accepted | branches | kept | time each | slowest | largest allocation |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var lane in lanes) Console.WriteLine(lane);
        Console.WriteLine(Invariant(
            $"{lanes.Sum(lane => lane.Count):N0} inputs in {clock.Elapsed.TotalSeconds:0} s ({lanes.Sum(lane => lane.Count) / clock.Elapsed.TotalSeconds:N0} a second), {_known.Count} finds."));
        Console.WriteLine(Invariant(
            $"Managed memory {warm / 1048576.0:0.0} MiB after a tenth of them, {(warm + growth) / 1048576.0:0.0} MiB at the end; working set {Environment.WorkingSet >> 20} MiB."));
        if (growth > MostGrowth) Find("all", [], "memory", Invariant($"Managed memory grew by {growth} bytes; at most {MostGrowth} may stay."));
        foreach (var lane in lanes.Where(lane => lane.Count > 1000 && (lane.Accepted == 0 || lane.Accepted == lane.Count) && !lane.Target.Name.EndsWith("text", StringComparison.Ordinal)))
            Console.WriteLine($"{lane.Target.Name}: {(lane.Accepted == 0 ? "nothing" : "everything")} was accepted, which shows little.");
        return _known.Count;
    }

    /// <summary>Reads one input, as a find is looked at again.</summary>
    public int Replay(Target target, byte[] input)
    {
        new Thread(Watch) { IsBackground = true }.Start();
        One(new Lane(target, 0, seed), input);
        Console.WriteLine($"{target.Name}: {_known.Count} finds");
        return _known.Count;
    }

    private void One(Lane lane, byte[] input)
    {
        var target = lane.Target;
        current.Is(target.Name, input);
        Coverage.Reset();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        Volatile.Write(ref _begun, begun);
        try
        {
            if (target.Read(input)) lane.Accepted++;
        }
        catch (Exception fault) // any other than a refusal is what is looked for
        {
            var place = fault.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(" Ipo.", StringComparison.Ordinal) && !line.Contains(" Ipo.Fuzz", StringComparison.Ordinal))?.Trim();
            Find(target.Name, input, $"{fault.GetType().Name} {place ?? fault.Message}", fault.ToString());
        }
        Volatile.Write(ref _begun, 0);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        lane.Note(input, Stopwatch.GetElapsedTime(begun), allocated);
        if (allocated > target.AllocatedOfAny + target.AllocatedForByte * input.Length)
            Find(target.Name, input, "allocation", Invariant($"{input.Length} bytes of input allocated {allocated} bytes."));
    }

    private void Find(string target, byte[] input, string what, string words)
    {
        if (!_known.Add($"{target} {what}")) return;
        Directory.CreateDirectory(finds);
        var path = Path.Combine(finds, $"{target.Replace(' ', '-')}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}");
        File.WriteAllBytes($"{path}.bin", input);
        File.WriteAllText($"{path}.txt", words);
        Console.WriteLine($"FIND {target}: {what}\n  {words.ReplaceLineEndings("\n  ")}\n  {path}.bin");
    }

    private void Watch()
    {
        while (true)
        {
            if (parent.WaitForExit(TimeSpan.FromSeconds(1))) Environment.Exit(2);
            if (Volatile.Read(ref _begun) is not 0 and var begun && Stopwatch.GetElapsedTime(begun) > Hang)
                Environment.FailFast($"An input took more than {Hang.TotalSeconds:0} s.");
        }
    }

    private static long Managed()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A target with what was seen of it.</summary>
    private sealed class Lane(Target target, int index, int seed)
    {
        private readonly List<byte[]> _kept = [.. target.Seeds];
        private readonly byte[] _seen = Coverage.Nothing();
        private readonly Random _random = new(seed * 1000 + index);
        private long _branches, _largest;
        private TimeSpan _slowest, _took;

        public Target Target => target;

        public long Count { get; private set; }

        public long Accepted { get; set; }

        public byte[] Next() => target.Generate is { } generate && _random.Next(2) == 0
            ? generate(_random)
            : Mutations.Of(_kept[_random.Next(_kept.Count)], _kept, target.Words, _random);

        public void Note(byte[] input, TimeSpan took, long allocated)
        {
            Count++;
            _took += took;
            _slowest = took > _slowest ? took : _slowest;
            _largest = Math.Max(_largest, allocated);
            var (branches, isNew) = Coverage.AddTo(_seen);
            _branches += branches;
            if (target.IsGuided && isNew && _kept.Count < MostKept) _kept.Add(input);
        }

        public override string ToString() => Invariant(
            $"| {target.Name} | {Count:N0} | {100.0 * Accepted / Count:0.0} % | {_branches:N0} | {_kept.Count:N0} | {_took.TotalMicroseconds / Count:0} µs | {_slowest.TotalMilliseconds:0} ms | {_largest / 1024.0:N0} KiB |");
    }
}
