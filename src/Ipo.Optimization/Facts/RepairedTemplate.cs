namespace Ipo.Optimization.Facts;

/// <summary>A template that the checkpoint's tokenizer repairs before it reads it: what is scored is not what is
/// shown.</summary>
/// <param name="Template">The template as it is written, shown and served.</param>
/// <param name="ReadAs">The template as it is read.</param>
public sealed record RepairedTemplate(string Template, string ReadAs);
