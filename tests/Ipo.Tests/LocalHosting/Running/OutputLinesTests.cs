using System.Text;
using CsCheck;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class OutputLinesTests
{
    private static async Task<List<string>> Lines(string text, int chunk = 4096)
    {
        var lines = new List<string>();
        using var reader = new StreamReader(new Chunked(Encoding.UTF8.GetBytes(text), chunk), Encoding.UTF8);
        await OutputLines.Read(reader, lines.Add);
        return lines;
    }

    [Fact]
    public async Task Lines_come_without_their_line_breaks_and_the_last_needs_none() =>
        Assert.Equal(["one", "", "two", "three"], await Lines("one\n\r\ntwo\r\nthree"));

    [Fact]
    public async Task A_line_without_end_is_cut_and_says_so()
    {
        var lines = await Lines(new string('x', 100_000) + "\nnext\n");
        Assert.Equal([new string('x', OutputLines.LongestLine) + " …", "next"], lines);
    }

    [Fact]
    public async Task How_the_bytes_arrive_does_not_change_the_lines() =>
        await Gen.Select(Gen.String[Gen.OneOf(Gen.Const('\n'), Gen.Char['a', 'z'], Gen.Const('é'), Gen.Const('界')), 0, 200], Gen.Int[1, 20]).SampleAsync(async (text, chunk) =>
        {
            var expected = text.Split('\n').ToList();
            if (expected[^1].Length == 0) expected.RemoveAt(expected.Count - 1);
            Assert.Equal(expected, await Lines(text, chunk));
        });

    /// <summary>Gives at most so many bytes at a time, as a pipe may.</summary>
    private sealed class Chunked(byte[] content, int chunk) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
