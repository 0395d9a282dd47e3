namespace Ipo.ClipScorer.Text;

/// <summary>From a text to the ids that a text tower takes. Thread-safe.</summary>
internal interface ITokenizer
{
    /// <summary>The files it was read from, for messages.</summary>
    string Source { get; }

    /// <summary>The text as it is read, case and white space aside: the text itself, unless the family's tokenizer repairs
    /// texts.</summary>
    string Repair(string text) => text;

    /// <summary>The ids of a text with all that the tower needs around them, however long the text is.</summary>
    int[] Encode(string text);

    /// <summary>Shortens ids to so many that the tower still reads them as a whole text.</summary>
    int[] Cut(int[] ids, int length);
}
