using System.Diagnostics.CodeAnalysis;

namespace Ipo.Optimization.Templates;

/// <summary>One template, or several prompts that classify together: the vector of a class is the mean of its prompts'
/// normalised embeddings, normalised again (Radford et al. 2021, section 3.1.4). Written as text it has a template on
/// each line, and behind them the sentences of single classes, a class's name and a tab before each. No template and no
/// class name holds a line break or a tab, so a set of one reads as its template.
/// </summary>
public sealed record PromptSet
{
    /// <summary>Most templates of an ensemble.</summary>
    public const int MostTemplates = 16;

    private const char Break = '\n';
    private const char Tab = '\t';

    private PromptSet(IReadOnlyList<PromptTemplate> templates, IReadOnlyList<ClassSentence> sentences)
    {
        (Templates, Sentences) = (templates, sentences);
        Text = string.Join(Break,
        [
            .. templates.Select(template => template.Text),
            .. sentences.Select(sentence => $"{sentence.ClassName}{Tab}{sentence.Template.Text}"),
        ]);
    }

    /// <summary>The templates and sentences, one on each line.</summary>
    public string Text { get; }

    /// <summary>The templates of all classes, in the order in which they were added; at least one.</summary>
    public IReadOnlyList<PromptTemplate> Templates { get; }

    /// <summary>Sentences of single classes.</summary>
    public IReadOnlyList<ClassSentence> Sentences { get; }

    /// <summary>Whether a class has several prompts.</summary>
    public bool IsEnsemble => Templates.Count + Sentences.Count > 1;

    /// <summary>What makes two sets the same.</summary>
    public string Identity => string.Join(Break,
    [
        .. Templates.Select(template => template.Identity),
        .. Sentences.Select(sentence => $"{sentence.ClassName}{Tab}{sentence.Template.Identity}"),
    ]);

    /// <summary>The set of some templates and sentences.</summary>
    public static PromptSet Of(IEnumerable<PromptTemplate> templates, IEnumerable<ClassSentence>? sentences = null) =>
        new([.. templates], [.. sentences ?? []]);

    /// <summary>Sets of the same text are equal.</summary>
    public bool Equals(PromptSet? other) => Text == other?.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>A set of one.</summary>
    public static implicit operator PromptSet(PromptTemplate template) => Of([template]);

    /// <summary>The set with one more template.</summary>
    public PromptSet With(PromptTemplate template) => Of([.. Templates, template], Sentences);

    /// <summary>The prompts of a class.</summary>
    public IReadOnlyList<string> PromptsOf(string className) =>
    [
        .. Templates.Select(template => template.For(className)),
        .. Sentences.Where(sentence => sentence.ClassName == className).Select(sentence => sentence.Template.For(className)),
    ];

    /// <summary>Reads a set; on failure <paramref name="refusal"/> says why a line of it is no template.</summary>
    /// <param name="text">The text, of any origin.</param>
    /// <param name="classNames">Names that must not stand in a template.</param>
    public static bool TryParse(
        string text, IReadOnlyList<string> classNames, [NotNullWhen(true)] out PromptSet? set, [NotNullWhen(false)] out Refusal? refusal)
    {
        var lines = text.Split(Break).ToLookup(line => line.Contains(Tab, StringComparison.Ordinal));
        return TryParse(
            lines[false],
            lines[true].Select(line => line.Split(Tab, 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])),
            classNames, out set, out refusal);
    }

    /// <summary>Reads a set from its parts; on failure <paramref name="refusal"/> says why one of them is no
    /// template.</summary>
    /// <param name="texts">The templates, of any origin.</param>
    /// <param name="classTexts">Prompts of single classes: the class, and the prompt as a template.</param>
    /// <param name="classNames">Names that must not stand in a template.</param>
    public static bool TryParse(
        IEnumerable<string> texts, IEnumerable<KeyValuePair<string, string>> classTexts, IReadOnlyList<string> classNames,
        [NotNullWhen(true)] out PromptSet? set, [NotNullWhen(false)] out Refusal? refusal)
    {
        var (templates, sentences) = (new List<PromptTemplate>(), new List<ClassSentence>());
        (set, refusal) = (null, null);
        foreach (var text in texts)
        {
            if (!PromptTemplate.TryParse(text, classNames, out var template, out refusal)) return false;
            templates.Add(template);
        }
        foreach (var (className, text) in classTexts)
        {
            if (!PromptTemplate.TryParse(text, classNames, out var template, out refusal)) return false;
            sentences.Add(new(className, template));
        }
        if (templates.Count == 0)
        {
            refusal = new(RefusalReason.Empty, "The prompt set has sentences of single classes and no template for all.");
            return false;
        }
        set = Of(templates, sentences);
        return true;
    }

    /// <summary>Reads a set that is known to be one, for instance from a journal.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static PromptSet Parse(string text) =>
        TryParse(text, [], out var set, out var refusal) ? set : throw new FormatException(refusal.Message);
}

/// <summary>A prompt of one class alone.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Template">The prompt, with <c>&lt;CLASS&gt;</c> where the name goes.</param>
public sealed record ClassSentence(string ClassName, PromptTemplate Template);
