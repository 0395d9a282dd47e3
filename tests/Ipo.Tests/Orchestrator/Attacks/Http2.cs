using System.Buffers.Binary;
using System.Text;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Frames of HTTP/2 by hand (RFC 9113), which no client would send in this way.</summary>
internal static class Http2
{
    public const byte GoAway = 7;
    public const int EnhanceYourCalm = 11;

    public const byte HeadersType = 1;

    private const byte ResetType = 3, SettingsType = 4, ContinuationType = 9;
    private const byte EndStream = 1, EndHeaders = 4;
    private const int FrameHeaderBytes = 9;

    /// <summary>What a client begins with: the magic words and its settings, none.</summary>
    public static byte[] Preface { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(SettingsType, 0, 0, [])];

    /// <summary>The headers of a call of gRPC.</summary>
    /// <param name="stream">The stream's number, odd.</param>
    /// <param name="ended">Whether headers end here.</param>
    public static byte[] Headers(int stream, bool ended) => Frame(
        HeadersType, ended ? (byte)(EndHeaders | EndStream) : (byte)0, stream,
        [
            0x83, 0x86, // RFC 7541, appendix A: ":method: POST", ":scheme: http"
            .. Literal(0x04, "/ipo.v1.RunService/ListRuns"), .. Literal(0x01, "localhost"), .. Literal("content-type", "application/grpc"),
            .. Literal("te", "trailers"),
        ]);

    /// <summary>One header more, and no end.</summary>
    public static byte[] Continuation(int stream, string name, string value) => Frame(ContinuationType, 0, stream, Literal(name, value));

    /// <summary>Takes a call back.</summary>
    public static byte[] Reset(int stream) => Frame(ResetType, 0, stream, [0, 0, 0, 8]);

    /// <summary>The types of the frames that came, and the error of one that says goodbye.</summary>
    public static List<(byte Type, int Error)> Read(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<(byte, int)>();
        while (bytes.Length >= FrameHeaderBytes)
        {
            var length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
            if (bytes.Length < FrameHeaderBytes + length) break;
            var content = bytes.Slice(FrameHeaderBytes, length);
            frames.Add((bytes[3], bytes[3] == GoAway ? BinaryPrimitives.ReadInt32BigEndian(content[4..]) : 0));
            bytes = bytes[(FrameHeaderBytes + length)..];
        }
        return frames;
    }

    // RFC 7541, section 6.2.2: without indexing, its name from the table or in letters.
    private static byte[] Literal(byte name, string value) => [name, .. Text(value)];

    private static byte[] Literal(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (bytes.Length < 127) return [(byte)bytes.Length, .. bytes];
        var (length, rest) = (new List<byte> { 127 }, bytes.Length - 127);
        for (; rest >= 128; rest /= 128) length.Add((byte)((rest % 128) + 128));
        return [.. length, (byte)rest, .. bytes];
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] content) =>
    [
        (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, type, flags,
        (byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, .. content,
    ];
}
