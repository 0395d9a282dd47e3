using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Ipo.ClipScorer.Checkpoints;
using Ipo.Tests.ClipScorer.Pickles;
using Xunit;

namespace Ipo.Tests.ClipScorer.Checkpoints;

public sealed class PyTorchFileTests
{
    private const string Goldens = "data/goldens2/clip-bin-random";

    // In the words that a person reads.
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["hostile.bin"] = "names 'posix.system' in its pickle, which weights have no need of. Nothing of it was run.",
        ["hostile/os-system-zip.bin"] = "names 'posix.system' in its pickle",
        ["hostile/os-system-legacy.bin"] = "names 'posix.system' in its pickle",
        ["hostile/bare-pickle.bin"] = "names 'posix.system' in its pickle",
        ["hostile/eval-zip.bin"] = "names '__builtin__.eval' in its pickle",
        ["hostile/getattr-zip.bin"] = "names '__builtin__.getattr' in its pickle",
        ["hostile/too-large-zip.bin"] = "a tensor of shape [24, 32], strides [32, 1] and offset 0 on storage '1', which has 4 numbers",
        ["hostile/offset-zip.bin"] = "offset 1099511627776 on storage '1', which has 4 numbers",
        ["hostile/negative-zip.bin"] = "strides [-2, 1] and offset 0; none of these can be negative",
        ["hostile/huge-size-zip.bin"] = "of shape [2147483648, 2147483648], which is larger than the file",
        ["hostile/cut-zip.bin"] = "is cut short or damaged: as a zip archive, its end is missing",
        ["hostile/cut-legacy.bin"] = "is cut short. Copy or download the file again.",
    };

    public static TheoryData<string> Hostile => [.. Reasons.Keys];

    public static TheoryData<string, byte[]> Files => new()
    {
        { "zip", TorchFile.Zip() }, { "compressed", TorchFile.Zip(compression: CompressionLevel.Optimal) }, { "legacy", TorchFile.Legacy() },
        { "beside an optimizer", TorchFile.Zip(TorchFile.StateDict("state_dict")) }, { "wide numbers", Zip64() },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_refused_for_what_it_is(string file)
    {
        var path = Shared.Path($"{Goldens}/{file}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path)).Message;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.StartsWith($"{path} ", error, StringComparison.Ordinal);
        Assert.Contains(Reasons[file], error, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 1 << 20);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Tensors_have_their_numbers_in_row_major_order(string what, byte[] file)
    {
        var tensors = Read(file);
        Assert.Equal(["a", "b", "c"], tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 24).Select(value => (float)value), Numbers(tensors["a"], file));
        Assert.Equal(Enumerable.Range(0, 24).Select(at => (float)(at % 4 * 6 + at / 4)), Numbers(tensors["b"], file));
        Assert.Equal([2f, 4f, 6f, 8f, 10f], Numbers(tensors["c"], file));
        Assert.Equal(what == "compressed", tensors["a"].Copy is not null);
        Assert.All([tensors["b"], tensors["c"]], tensor => Assert.NotNull(tensor.Copy));
    }

    [Fact]
    public void Only_what_lies_apart_is_copied()
    {
        Assert.All(PyTorchFile.Read(Shared.Path($"{Goldens}/zip/pytorch_model.bin")).Values, tensor => Assert.Null(tensor.Copy));
        var tied = PyTorchFile.Read(Shared.Path($"{Goldens}/tied/pytorch_model.bin"));
        Assert.Equal(
            ["layer_norm1.bias", "layer_norm1.weight", "mlp.fc1.weight", "patch_embedding.weight", "pre_layrnorm.bias"],
            tied.Where(tensor => tensor.Value.Copy is not null).Select(tensor => string.Join('.', tensor.Key.Split('.')[^(tensor.Key.Contains("mlp", StringComparison.Ordinal) ? 3 : 2)..])).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_unpacks_to_far_more_than_the_file_is_refused_before_it_is_unpacked()
    {
        var bomb = TorchFile.Zip(null, CompressionLevel.SmallestSize, ("m/data/1", new byte[10_000_000]));
        Assert.Contains($"would unpack to more than 8 times its {bomb.Length} bytes", Refusal(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_shown_again_and_again_are_not_copied_without_bound()
    {
        // Each as large as the file, all on one number; together more than eight files.
        var pickle = new PickleBuilder().Op("}");
        for (var tensor = 0; tensor < 30; tensor++) pickle.Text($"t{tensor}").Tensor("0", 24, 0, [1_000], [0]).Op("s");
        var file = TorchFile.Zip(pickle.Stop());
        Assert.Contains($"has 120000 bytes of tensors that are compressed or whose numbers lie apart; at most {8 * file.Length} are copied", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_is_not_true_is_refused()
    {
        // The first storage, as its directory's entry states it: one number longer than it is.
        var file = TorchFile.Zip(compression: CompressionLevel.Optimal);
        var entry = Central(file, "m/data.pkl");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 24), BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(entry + 24)) + 8);
        Assert.EndsWith("is cut short. Copy or download the file again.", Refusal(file), StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Others => new()
    {
        { "is a zip archive, but not one of torch.save", Archive(("a.txt", [1])) },
        { "is a program (TorchScript, as OpenAI's own .pt files are)", TorchFile.Zip(null, CompressionLevel.NoCompression, ("m/constants.pkl", [1])) },
        { "is big-endian", TorchFile.Zip(null, CompressionLevel.NoCompression, ("m/byteorder", "big"u8.ToArray())) },
        { "has no part 'data/0', in which tensors stand", Archive(("m/data.pkl", TorchFile.StateDict())) },
        { "has 4 bytes in 'data/0'; 96 are expected", Archive(("m/data.pkl", TorchFile.StateDict()), ("m/data/0", [1, 2, 3, 4])) },
        { "has two parts of one name", Archive(("m/data.pkl", TorchFile.StateDict()), ("m/data/0", [1]), ("m/data/0", [2])) },
        { "holds no tensors by their names", TorchFile.Zip([0x80, 2, (byte)'}', (byte)'.']) },
        { "holds no tensors by their names", TorchFile.Zip([0x80, 2, (byte)'N', (byte)'.']) },
        { "a Git LFS pointer is not the file", "version https://git-lfs.github.com/spec/v1\n"u8.ToArray() },
        { "is no file of torch.save", [0x80, 2, (byte)'N', (byte)'.'] },
        { "it ends in the middle", [] },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_file_of_another_kind_is_called_so(string reason, byte[] file) => Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);

    internal static Dictionary<string, StoredTensor> Read(byte[] file) => PyTorchFile.Read("f.bin", "/folder/f.bin", () => new MemoryStream(file));

    private static string Refusal(byte[] file) => Assert.Throws<CheckpointException>(() => Read(file)).Message;

    private static float[] Numbers(StoredTensor tensor, byte[] file) =>
        MemoryMarshal.Cast<byte, float>(tensor.Copy?.Invoke() ?? file.AsSpan((int)tensor.Offset, (int)tensor.Length).ToArray()).ToArray();

    private static byte[] Archive(params (string Name, byte[] Content)[] entries)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }

    private static int Central(byte[] file, string name) =>
        Enumerable.Range(0, file.Length).First(at => file.AsSpan(at).StartsWith("PK\x01\x02"u8) && file.AsSpan(at + 46).StartsWith(System.Text.Encoding.ASCII.GetBytes(name)));

    // The same archive as PyTorch's own writer ends it: with 64-bit numbers, in an entry and at the end.
    private static byte[] Zip64()
    {
        var file = TorchFile.Zip();
        var (entry, end) = (Central(file, "m/data/0"), file.Length - 22);
        var directory = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(end + 16));
        var extra = new byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), 24);
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4), 96);
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(12), 96);
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(20), BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(entry + 42)));
        foreach (var narrow in (int[])[20, 24, 42]) BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + narrow), uint.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(entry + 30), 28);
        var after = entry + 46 + "m/data/0".Length;
        var (end64, locator) = (new byte[56], new byte[20]);
        BinaryPrimitives.WriteUInt32LittleEndian(end64, 0x06064B50);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(32), 2);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(40), end + 28 - directory);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(48), directory);
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064B50);
        BinaryPrimitives.WriteInt64LittleEndian(locator.AsSpan(8), end + 28);
        return [.. file[..after], .. extra, .. file[after..end], .. end64, .. locator, .. file[end..]];
    }
}
