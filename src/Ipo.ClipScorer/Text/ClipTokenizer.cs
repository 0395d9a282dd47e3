namespace Ipo.ClipScorer.Text;

/// <summary>CLIP's byte-level BPE tokenizer.</summary>
internal sealed class ClipTokenizer
{
    /// <summary>Tokens the model takes for one text, start and end included.</summary>
    public int ContextLength { get; }

    /// <summary>Reads vocab.json and merges.txt of a Hugging Face CLIP folder.</summary>
    /// <exception cref="Model.CheckpointException">A file is missing or is not what CLIP's tokenizer needs.</exception>
    public static ClipTokenizer Load(string folder) => throw new NotImplementedException();

    /// <summary>The ids of a text with start and end, however long the text is.</summary>
    public int[] Encode(string text) => throw new NotImplementedException();

    /// <summary>
    /// The start id and the ids that every text beginning with <paramref name="beginning"/> shares, whatever follows it;
    /// no end id. Depends on the beginning alone, so that a vector computed behind it is the same whichever classes stand beside it.
    /// </summary>
    public int[] EncodeBeginning(string beginning) => throw new NotImplementedException();
}
