using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Text with values in it that are known only once everything is composed:
/// <c>ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.HostAndPort)},ssl=false")</c>.</summary>
public sealed class ReferenceExpression : IValueProvider
{
    private readonly IReadOnlyList<object> _parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    internal IEnumerable<ProcessResource> Behind => _parts.SelectMany(part => part switch
    {
        EndpointReference endpoint => [endpoint.Owner],
        EndpointReferenceExpression { Endpoint: var endpoint } => [endpoint.Owner],
        Resource resource => resource.Behind,
        ReferenceExpression inner => inner.Behind,
        _ => [],
    });

    public static ReferenceExpression Create(ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
            text.Append(part is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : part);
        return text.ToString();
    }

    /// <summary>What the compiler turns an interpolated string into.</summary>
    [InterpolatedStringHandler]
    public readonly struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        internal List<object> Parts { get; } = new(formattedCount * 2 + Math.Min(literalLength, 1));

        public void AppendLiteral(string value) => Parts.Add(value);

        public void AppendFormatted(string? value) => Parts.Add(value ?? "");

        public void AppendFormatted<T>(T value) where T : IValueProvider => Parts.Add(value);

        public void AppendFormatted<T>(IResourceBuilder<T> value) where T : IResource, IValueProvider => Parts.Add(value.Resource);
    }
}
