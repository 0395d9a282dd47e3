using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Ipo.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Checkpoints;

/// <summary>
/// Changes good and hostile files at random and reads them: each is read or refused with a <see cref="CheckpointException"/>, and none
/// allocates more than a small multiple of its size. IPO_FUZZ_FILES sets how many (CONTRIBUTING.md has the command for a million).
/// </summary>
public sealed class PyTorchFuzzTests
{
    private const string Files = "IPO_FUZZ_FILES";
    private const int FilesOfTheSuite = 4_000;

    // Buffers, exceptions and their messages weigh this much whatever a file holds.
    private const int AllocationOfAny = 256 << 10;
    private const int AllocationForByte = 8;

    private static readonly byte[] Telling = [0, 1, 2, 0x7F, 0x80, 0xFF, .. "(.}]NR)tsubaeqrhjQXcKMJPK"u8, 0x85, 0x86, 0x87, 0x88, 0x8A];
    private static readonly long[] Extremes = [0, -1, 1, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];

    private static readonly byte[][] Pickles = [TorchFile.StateDict(), TorchFile.StateDict("state_dict")];

    [Fact]
    public void A_changed_file_is_read_or_refused()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(Files) ?? $"{FilesOfTheSuite}", CultureInfo.InvariantCulture);
        var seeds = Seeds();
        var random = new Random(20);
        var (read, refused, largest, mostForByte) = (0, 0, 0L, 0.0);
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < count; run++)
        {
            var file = Changed(seeds, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                // A tensor that would be copied is, as when its graph is built.
                foreach (var tensor in PyTorchFileTests.Read(file).Values) _ = tensor.Copy?.Invoke();
                read++;
            }
            catch (CheckpointException) { refused++; }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"File {run} of {count} ended in {fault.GetType().Name}: {Convert.ToBase64String(file)}", fault);
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= AllocationOfAny + (long)AllocationForByte * file.Length, $"File {run} of {file.Length} bytes allocated {allocated}: {Convert.ToBase64String(file)}");
            (largest, mostForByte) = (Math.Max(largest, allocated), Math.Max(mostForByte, (allocated - AllocationOfAny) / (double)Math.Max(1, file.Length)));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} files in {clock.Elapsed.TotalSeconds:F1} s: {read} read, {refused} refused; largest allocation {largest} bytes, beyond {AllocationOfAny} at most {mostForByte:F1} for a byte of file.");
        Assert.True(read > count / 100 && refused > count / 10, $"{read} read and {refused} refused: too one-sided to show anything.");
    }

    // Small ones, so that changes meet what describes tensors and not their numbers; the larger ones come now and then.
    private static List<(byte[] File, int Weight)> Seeds()
    {
        var seeds = new List<(byte[], int)>
        {
            (TorchFile.Zip(), 100), (TorchFile.Legacy(), 100), (TorchFile.Zip(compression: CompressionLevel.Optimal), 50), (TorchFile.Zip(TorchFile.StateDict("state_dict")), 30),
        };
        const string goldens = "data/goldens2/clip-bin-random";
        if (!Shared.Has(goldens)) return seeds;
        var files = Directory.EnumerateFiles(Shared.Path(goldens), "*.bin", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);
        return [.. seeds, .. files.Select(file => (file, file.Length < 4096 ? 20 : 1))];
    }

    private static byte[] Changed(List<(byte[] File, int Weight)> seeds, Random random)
    {
        var at = random.Next(seeds.Sum(seed => seed.Weight));
        var seed = seeds.First(seed => (at -= seed.Weight) < 0).File;
        // A zip archive that changed is mostly refused as one, so a changed pickle is put into a whole archive as often.
        return random.Next(2) == 0 ? Changed(seed, seeds, random) : TorchFile.Zip(Changed(Pickles[random.Next(Pickles.Length)], seeds, random));
    }

    private static byte[] Changed(byte[] seed, List<(byte[] File, int Weight)> seeds, Random random)
    {
        var file = seed.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && file.Count > 0; changes--) Change(file, seeds, random);
        return [.. file];
    }

    private static void Change(List<byte> file, List<(byte[] File, int Weight)> seeds, Random random)
    {
        var at = random.Next(file.Count);
        var length = Math.Min(random.Next(1, 40), file.Count - at);
        switch (random.Next(20))
        {
            case < 5: file[at] ^= (byte)(1 << random.Next(8)); break;
            case < 8: file[at] = (byte)random.Next(256); break;
            case < 12: file[at] = Telling[random.Next(Telling.Length)]; break;
            case < 15: Overwrite(file, at, BitConverter.GetBytes(Extremes[random.Next(Extremes.Length)])[..(random.Next(2) == 0 ? 4 : 8)]); break;
            case 15: file.RemoveRange(at, length); break;
            case 16 or 17: file.InsertRange(random.Next(file.Count), file.GetRange(at, length)); break;
            case 18: file.RemoveRange(at, file.Count - at); break; // cut short
            default:
                var other = seeds[random.Next(seeds.Count)].File;
                var from = random.Next(other.Length);
                file.InsertRange(at, other[from..Math.Min(other.Length, from + length)]);
                break;
        }
    }

    private static void Overwrite(List<byte> file, int at, byte[] bytes)
    {
        for (var index = 0; index < bytes.Length && at + index < file.Count; index++) file[at + index] = bytes[index];
    }
}
