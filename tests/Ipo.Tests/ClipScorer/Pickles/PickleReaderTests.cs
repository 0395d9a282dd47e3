using Ipo.ClipScorer.Pickles;
using Ipo.Pickles;
using Xunit;

namespace Ipo.Tests.ClipScorer.Pickles;

public sealed class PickleReaderTests
{
    private static readonly long[] Two = [2, 3];

    [Fact]
    public void Reads_numbers_texts_tuples_and_lists()
    {
        var pickle = new PickleBuilder().Op("(K\u0007M\u0034\u0012").Raw((byte)'J', 0xFF, 0xFF, 0xFF, 0xFF).Number(long.MinValue).Op("N").Raw(0x88, 0x89)
            .Text("größe").Op("](K\u0001K\u0002eK\u0003a").Raw((byte)'G', 0x3F, 0xF8, 0, 0, 0, 0, 0, 0).Op("t").Stop();
        var values = Assert.IsType<object?[]>(Read(pickle));
        Assert.Equal([7L, 0x1234L, -1L, long.MinValue, null, true, false, "größe"], values[..8]);
        Assert.Equal([1L, 2L, 3L], Assert.IsType<List<object?>>(values[8]));
        Assert.Equal(1.5, values[9]);
    }

    [Fact]
    public void What_was_kept_is_recalled_and_of_equal_keys_the_last_one_counts()
    {
        var pickle = new PickleBuilder().Op("}q\u0001(").Text("a").Op("K\u0001").Text("a").Op("K\u0002").Text("self").Op("h\u0001u").Stop();
        var dictionary = Assert.IsType<PickledDictionary>(Read(pickle));
        Assert.Equal(2L, dictionary.ByText()["a"]);
        Assert.Same(dictionary, dictionary.ByText()["self"]); // it holds itself, and nobody walks through it
    }

    [Fact]
    public void A_tensor_is_a_view_of_its_storage()
    {
        var tensor = Assert.IsType<PickledTensor>(Read(new PickleBuilder().Tensor("7", 20, 1, Two, [1, 4]).Stop()));
        Assert.Equal((new PickledStorage("7", "FloatStorage", 20), 1L, 6L, 10L, false), (tensor.Storage, tensor.Offset, tensor.Count, tensor.Extent, tensor.IsContiguous));
    }

    [Theory]
    [InlineData(new long[] { }, new long[] { }, true)]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, true)]
    [InlineData(new long[] { 2, 3 }, new long[] { 1, 2 }, false)]
    [InlineData(new long[] { 1, 3 }, new long[] { 99, 1 }, true)]
    [InlineData(new long[] { 3, 1 }, new long[] { 1, 77 }, true)]
    [InlineData(new long[] { 3 }, new long[] { 2 }, false)]
    [InlineData(new long[] { 0, 3 }, new long[] { 5, 7 }, true)]
    public void Tells_whether_numbers_lie_one_after_another(long[] shape, long[] strides, bool contiguous) =>
        Assert.Equal(contiguous, Assert.IsType<PickledTensor>(Read(new PickleBuilder().Tensor("0", 100, 0, shape, strides).Stop())).IsContiguous);

    [Theory]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, null)]
    [InlineData(6, 1, new long[] { 2, 3 }, new long[] { 3, 1 }, "on storage '0', which has 6 numbers")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 4, 1 }, "on storage '0', which has 6 numbers")]
    [InlineData(6, -1, new long[] { 1 }, new long[] { 1 }, "none of these can be negative")]
    [InlineData(6, 0, new long[] { -1 }, new long[] { 1 }, "none of these can be negative")]
    [InlineData(6, 0, new long[] { 2 }, new long[] { -1 }, "none of these can be negative")]
    [InlineData(6, 0, new long[] { 2 }, new long[] { 1, 1 }, "a tensor is not described")]
    [InlineData(6, 0, new long[] { long.MaxValue, long.MaxValue }, new long[] { 0, 0 }, "more numbers than can be")]
    [InlineData(6, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, "more numbers than can be")]
    [InlineData(6, long.MaxValue, new long[] { 2 }, new long[] { 1 }, "more numbers than can be")]
    [InlineData(-1, 0, new long[] { }, new long[] { }, "storage '0' would have -1 numbers")]
    [InlineData(long.MaxValue, 0, new long[] { }, new long[] { }, "storage '0' would have 9223372036854775807 numbers")]
    public void A_tensor_never_reaches_over_its_storage(long count, long offset, long[] shape, long[] strides, string? refusal)
    {
        var pickle = new PickleBuilder().Tensor("0", count, offset, shape, strides).Stop();
        if (refusal is null) Assert.IsType<PickledTensor>(Read(pickle));
        else Assert.Contains(refusal, Refusal(pickle), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("torch.FloatStorage", "__reduce__")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("", "")]
    public void A_name_that_weights_do_not_need_is_refused_before_anything_is_done_with_it(string module, string name) =>
        Assert.StartsWith($"names '{module}.{name}' in its pickle, which weights have no need of. Nothing of it was run. ", Refusal(new PickleBuilder().Global(module, name).Stop()), StringComparison.Ordinal);

    [Fact]
    public void A_name_cannot_write_to_the_terminal() =>
        Assert.StartsWith("names '?[2J.?x' in its", Refusal(new PickleBuilder().Global("\u001B[2J", "\u0007x").Stop()), StringComparison.Ordinal);

    [Fact]
    public void Every_opcode_that_torch_save_does_not_write_is_refused()
    {
        var known = Enum.GetValues<Opcode>().Where(new TorchNames().Has).Select(opcode => (byte)opcode).ToHashSet();
        foreach (var opcode in Enumerable.Range(0, 256).Select(value => (byte)value).Where(value => !known.Contains(value)))
            Assert.Contains($"opcode 0x{opcode:X2}", Refusal(new PickleBuilder().Raw(opcode).Stop()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R")] // nothing on the stack
    [InlineData("Q")]
    [InlineData("b")]
    [InlineData("a")]
    [InlineData("s")]
    [InlineData("t")] // no mark
    [InlineData("e")]
    [InlineData("u")]
    [InlineData("q\u0001")]
    [InlineData("h\u0001")] // never kept
    [InlineData("")] // nothing to give back
    [InlineData("N\u0085\u0086")]
    [InlineData("NNR")] // what is called is no function
    [InlineData("NK\u0001b")] // attributes of nothing
    [InlineData("]K\u0001K\u0002s")] // a list is no dictionary
    [InlineData("}(K\u0001u")] // a key without a value
    [InlineData("}K\u0001a")] // a dictionary is no list
    [InlineData("N(s")] // what stands in front of a mark
    [InlineData("(\u008A")] // ends
    [InlineData("X\u00FF\u00FF\u00FF\u00FF")] // a text of four GiB
    [InlineData("X\u0002\u0000\u0000\u0000\u00C3\u0028")] // no UTF-8
    [InlineData("ccollections\nOrderedDict\nK\u0001\u0085R")] // a dictionary of something
    [InlineData("ctorch\nFloatStorage\n)R")] // a type that is called
    [InlineData("(K\u0001tQ")] // a storage by another name
    public void A_pickle_that_makes_no_sense_is_refused(string opcodes) =>
        Assert.StartsWith("holds a damaged pickle (", Refusal(new PickleBuilder().Op(opcodes).Stop()), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void Another_protocol_is_named(byte protocol) =>
        Assert.StartsWith($"holds a pickle of protocol {protocol}; torch.save writes 2", Refusal([0x80, protocol, (byte)'N', (byte)'.']), StringComparison.Ordinal);

    [Fact]
    public void A_storage_has_one_type_and_size()
    {
        var pickle = new PickleBuilder().Tensor("0", 10, 0, [], []).Tensor("0", 11, 0, [], []).Stop();
        Assert.Contains("storage '0' is named twice and not alike", Refusal(pickle), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_ends_after_so_many_steps() =>
        Assert.Contains("more than 1000000 steps", Refusal([.. Enumerable.Repeat((byte)'N', 1_000_001)]), StringComparison.Ordinal);

    private static object? Read(byte[] pickle) => new PickleReader(new MemoryStream(pickle), new TorchNames()).Read();

    private static string Refusal(byte[] pickle) => Assert.Throws<PickleException>(() => Read(pickle)).Message;
}
