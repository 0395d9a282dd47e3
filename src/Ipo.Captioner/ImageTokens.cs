namespace Ipo.Captioner;

/// <summary>Tokens of a question about an image, estimated before a model counts them. The rule for images is OpenAI's: some for
/// every image and more for each tile of 512 pixels, once the shorter side is at most 768. Others count otherwise, and
/// at one tile about as many: Google 258, Anthropic 350.</summary>
internal static class ImageTokens
{
    private const int CharactersPerToken = 4; // a rule of thumb for English text and byte-pair encodings
    private const int Tile = 512;
    private const int LongestShorterSide = 768;

    /// <summary>Tokens of a question.</summary>
    public static long OfQuestion(string question) => (question.Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Tokens of a square image.</summary>
    /// <param name="side">Its side in pixels.</param>
    /// <param name="model">The model that is shown it. gpt-4o-mini's tokens are cheap, and it counts more of them an image.</param>
    public static long OfSquare(int side, string model)
    {
        var (each, perTile) = model.Contains("gpt-4o-mini", StringComparison.OrdinalIgnoreCase) ? (2833, 5667) : (85, 170);
        var tiles = (Math.Min(side, LongestShorterSide) + Tile - 1) / Tile;
        return each + (long)perTile * tiles * tiles;
    }
}
