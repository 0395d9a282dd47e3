namespace Ipo.ClipScorer.Scoring;

/// <summary>The prompts of one template as the text tower takes them: tokens that all of them
/// begin with, and the rest of each.</summary>
/// <param name="SharedPrefix">Tokens that every prompt begins with, start included.</param>
/// <param name="Suffixes">For each class the tokens behind the prefix, end included; never empty.</param>
internal sealed record TemplatePrompts(int[] SharedPrefix, IReadOnlyList<int[]> Suffixes)
{
    /// <summary>What stands in a template for the class name.</summary>
    public const string Placeholder = "<CLASS>";

    /// <summary>Most characters of a template. A token is at least one character and contexts are short, so nothing
    /// that could be encoded is refused, and nothing huge is tokenized.</summary>
    public const int MostCharacters = 2000;

    /// <summary>Tokenizes the prompt of every class.</summary>
    /// <param name="template">The template.</param>
    /// <param name="classes">The class names.</param>
    /// <param name="encode">The checkpoint's tokenizer: a text to its tokens, start and end included.</param>
    /// <param name="contextLength">Tokens the checkpoint takes.</param>
    /// <param name="cancellation">Stops between two classes.</param>
    /// <exception cref="TemplateRefusedException">It has not exactly one placeholder, or a
    /// prompt is longer than the context.</exception>
    public static TemplatePrompts Of(
        string template, ClassNames classes, Func<string, int[]> encode, int contextLength,
        CancellationToken cancellation)
    {
        var at = PlaceholderPosition(template);
        var (before, behind) = (template[..at], template[(at + Placeholder.Length)..]);
        var prompts = new int[classes.Count][];
        for (var c = 0; c < prompts.Length; c++)
        {
            cancellation.ThrowIfCancellationRequested();
            prompts[c] = encode(before + classes.Names[c] + behind);
        }
        var longest = 0;
        for (var c = 1; c < prompts.Length; c++)
            if (prompts[c].Length > prompts[longest].Length) longest = c;
        if (prompts[longest].Length > contextLength)
            throw new TemplateRefusedException(
                $"With the class \"{classes.Names[longest]}\" the prompt has {prompts[longest].Length} tokens, "
                + $"start and end included, and this checkpoint takes {contextLength}; "
                + "shorten the template or the class name.");
        var shared = SharedLength(prompts);
        return new(prompts[0][..shared], Array.ConvertAll(prompts, prompt => prompt[shared..]));
    }

    private static int PlaceholderPosition(string template)
    {
        if (template.Length > MostCharacters)
            throw new TemplateRefusedException(
                $"The template has {template.Length} characters; it takes at most {MostCharacters}.");
        var at = template.IndexOf(Placeholder, StringComparison.Ordinal);
        if (at < 0)
            throw new TemplateRefusedException(
                $"The template has no {Placeholder}; write {Placeholder} once, where the class name goes.");
        if (template.IndexOf(Placeholder, at + 1, StringComparison.Ordinal) >= 0)
            throw new TemplateRefusedException(
                $"The template has more than one {Placeholder}; write {Placeholder} once, where the class name goes.");
        return at;
    }

    // Compared on whole prompts and not on the template's own tokens: byte-pair merges
    // reach over the place where a name begins.
    private static int SharedLength(int[][] prompts)
    {
        // The end token is never shared: it has to stand in every suffix.
        var length = prompts.Min(prompt => prompt.Length) - 1;
        foreach (var prompt in prompts) length = prompt.AsSpan(0, length).CommonPrefixLength(prompts[0]);
        return length;
    }
}

/// <summary>A template cannot be scored; the message says why and what to do, as one sentence.</summary>
internal sealed class TemplateRefusedException(string reason) : Exception(reason);
